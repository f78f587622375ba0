# fish completion for dateline-index.

function __dateline_commands
    dateline-index --help 2>/dev/null | string match -v '  dateline-index *' | string replace -rf '^  ([a-z]+) +([a-z].*)$' '$1\t$2'
end

function __dateline_command
    # The command on the line, if there is one.
    set -l known (__dateline_commands | string replace -r '\t.*' '') help
    for word in (commandline -opc)[2..]
        contains -- $word $known; and echo $word; and return
    end
    return 1
end

function __dateline_command_options
    set -l command (__dateline_command)
    dateline-index help $command 2>/dev/null | string match -r '^ +(?:-., )?(?:--[a-z][a-z-]*(?:, )?)+' | string match -ra -- '--[a-z-]+'
end

complete -c dateline-index -n 'not __dateline_command' -f -a '(__dateline_commands)'
complete -c dateline-index -n 'not __dateline_command' -f -a help -d 'the options of a command'
complete -c dateline-index -n 'not __dateline_command' -s i -l index -x -a '(__fish_complete_directories)' -d 'the index'
complete -c dateline-index -n 'not __dateline_command' -l help -d 'what it can do'
complete -c dateline-index -n 'not __dateline_command' -l version -d versions
complete -c dateline-index -n 'test "$(__dateline_command)" = help' -f -a '(__dateline_commands)'
complete -c dateline-index -n '__dateline_command; and string match -q -- "-*" (commandline -ct)' -a '(__dateline_command_options)'
