# fish completion for dateline-query.

function __dateline_options
    # Name, letter, argument, text of each option that --help lists.
    dateline-query --help 2>/dev/null | string replace -rf \
        '^ +((?:-., )?)--([a-z][a-z-]*)((?:\[=[A-Z]+\]|[= ][^ -][^ ]*)?) +(.*)$' '$2\t$1\t$3\t$4'
end

function __dateline_dates
    printf '%s\n' today yesterday tomorrow this_week last_week past_week this_month last_month this_quarter last_quarter \
        this_year last_year last_7d last_30d last_12m monday tuesday wednesday thursday friday saturday sunday january february \
        march april may june july august september october november december
end

function __dateline_saved
    dateline-query --saved 2>/dev/null | string replace -r '\t.*' ''
end

function __dateline_words
    set -l word (commandline -ct)
    switch $word
        case 'since:*' 'until:*' 'before:*' 'after:*' 'on:*' 'date:*' 'added:*'
            set -l field (string replace -r ':.*' ':' -- $word)
            for date in (__dateline_dates)
                echo $field$date
            end
            test $field = date:; and echo date:none
        case 'weekday:*'
            printf 'weekday:%s\n' monday tuesday wednesday thursday friday saturday sunday
        case 'query:*'
            string replace -r '^' 'query:' -- (__dateline_saved)
        case '*'
            printf '%s\n' title: lead: hlead: first/50: date: on: since: until: before: after: every: onthisday: weekday: month: \
                added: source: author: byline: section: tag: place: agency: lang: url: path: id: wc: case: accent: stem: query:
    end
end

function __dateline_helps
    test "$(commandline -opc | string join ' ')" = 'dateline-query help'
end

complete -c dateline-query -f
complete -c dateline-query -n 'not __dateline_helps' -f -a '(__dateline_words)'
complete -c dateline-query -n __dateline_helps -f -a 'query dates'

__dateline_options | while read -l -d \t name letter argument text
    set -l spec -c dateline-query -l $name -d $text
    test -n "$letter"; and set spec $spec -s (string sub -s 2 -l 1 -- $letter)
    switch $name
        case index
            complete $spec -x -a '(__fish_complete_directories)'
        case file queries
            complete $spec -r -F
        case since until before after on now
            complete $spec -x -a '(__dateline_dates)'
        case date
            complete $spec -x -a '(__dateline_dates) none'
        case date-match
            complete $spec -x -a 'overlap within'
        case sort
            complete $spec -x -a 'relevance newest oldest'
        case spread
            complete $spec -x -a 'month year'
        case df
            complete $spec -x -a 'archive window'
        case recency
            complete $spec -x -a '1w 30d 6m 1y'
        case match
            complete $spec -x -a 'all any 50% 75%'
        case color
            complete $spec -x -a 'auto always never'
        case timeline
            complete $spec -f -a 'day week month quarter year'
        case new peek reset forget
            complete $spec -x -a '(__dateline_saved)'
        case tz
            complete $spec -x -a '(cut -f3 /usr/share/zoneinfo/zone1970.tab 2>/dev/null | string match -v "#*")'
        case '*'
            if test -n "$argument"
                complete $spec -x
            else
                complete $spec -f
            end
    end
end
