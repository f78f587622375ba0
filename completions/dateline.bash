# bash completion for dateline-query and dateline-index.

_dateline_fields="title: lead: hlead: first/50: date: on: since: until: before: after: every: onthisday: weekday: month: added:
    source: author: byline: section: tag: place: agency: lang: url: path: id: wc: case: accent: stem: query:"
_dateline_dates="today yesterday tomorrow this_week last_week past_week this_month last_month this_quarter last_quarter this_year
    last_year last_7d last_30d last_12m monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december"
_dateline_days="monday tuesday wednesday thursday friday saturday sunday"

# PROGRAM [COMMAND]: the long options it lists.
_dateline_options() {
    command "$@" --help 2>/dev/null | grep -oE '^ +(-., )?(--[a-z][a-z-]*(, )?)+' | grep -oE -- '--[a-z-]+'
}

_dateline_saved() {
    command "${COMP_WORDS[0]}" --saved 2>/dev/null | cut -f1
}

# The words that may stand after an option; 1 when it takes none that are known.
_dateline_values() {
    case $1 in
    --index | -i) COMPREPLY=($(compgen -d -- "$2")) ;;
    --file | -f | --queries | --config) COMPREPLY=($(compgen -f -- "$2")) ;;
    --since | --until | --before | --after | --on | --now) COMPREPLY=($(compgen -W "$_dateline_dates" -- "$2")) ;;
    --date) COMPREPLY=($(compgen -W "$_dateline_dates none" -- "$2")) ;;
    --date-match) COMPREPLY=($(compgen -W "overlap within" -- "$2")) ;;
    --sort) COMPREPLY=($(compgen -W "relevance newest oldest" -- "$2")) ;;
    --spread) COMPREPLY=($(compgen -W "month year" -- "$2")) ;;
    --df) COMPREPLY=($(compgen -W "archive window" -- "$2")) ;;
    --recency) COMPREPLY=($(compgen -W "1w 30d 6m 1y" -- "$2")) ;;
    --match) COMPREPLY=($(compgen -W "all any 50% 75%" -- "$2")) ;;
    --color) COMPREPLY=($(compgen -W "auto always never" -- "$2")) ;;
    --timeline) COMPREPLY=($(compgen -W "day week month quarter year" -- "$2")) ;;
    --new | --peek | --reset | --forget) COMPREPLY=($(compgen -W "$(_dateline_saved)" -- "$2")) ;;
    --tz) COMPREPLY=($(compgen -W "UTC $(cut -f3 /usr/share/zoneinfo/zone1970.tab 2>/dev/null | grep -v '^#')" -- "$2")) ;;
    -n | --limit | --offset | --snippet | --max-expand | --repeat | --show | --save) COMPREPLY=() ;;
    *) return 1 ;;
    esac
}

_dateline_query() {
    local line=${COMP_LINE:0:COMP_POINT} word before previous
    word=${line##*[[:space:]]}
    before=${line%"$word"}
    before=${before%"${before##*[![:space:]]}"}
    previous=${before##*[[:space:]]}
    COMPREPLY=()
    case $word in
    --*=*)
        _dateline_values "${word%%=*}" "${word#*=}"
        return 0
        ;;
    -*)
        COMPREPLY=($(compgen -W "$(_dateline_options "${COMP_WORDS[0]}")" -- "$word"))
        return 0
        ;;
    since:* | until:* | before:* | after:* | on:* | added:*)
        COMPREPLY=($(compgen -W "$_dateline_dates" -- "${word#*:}"))
        return 0
        ;;
    date:*)
        COMPREPLY=($(compgen -W "$_dateline_dates none" -- "${word#*:}"))
        return 0
        ;;
    weekday:*)
        COMPREPLY=($(compgen -W "$_dateline_days" -- "${word#*:}"))
        return 0
        ;;
    query:*)
        COMPREPLY=($(compgen -W "$(_dateline_saved)" -- "${word#*:}"))
        return 0
        ;;
    *:*) return 0 ;;
    esac
    # An option that takes its value with = alone does not take the next word.
    [[ $previous != --timeline ]] && _dateline_values "$previous" "$word" && return 0
    if [[ $before == "${COMP_WORDS[0]} help" ]]; then
        COMPREPLY=($(compgen -W "query dates" -- "$word"))
        return 0
    fi
    [[ $word ]] || return 0
    COMPREPLY=($(compgen -W "$_dateline_fields" -- "$word"))
    [[ ${#COMPREPLY[@]} -gt 0 ]] && compopt -o nospace 2>/dev/null
    return 0
}

_dateline_index() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command= i commands
    commands=$(command "${COMP_WORDS[0]}" --help 2>/dev/null | sed -nE '/^  dateline-index /d; s/^  ([a-z]+) +[a-z].*/\1/p')
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ $'\n'$commands$'\nhelp\n' == *$'\n'"${COMP_WORDS[i]}"$'\n'* ]] && command=${COMP_WORDS[i]} && break
    done
    COMPREPLY=()
    case $previous in
    --index | -i)
        COMPREPLY=($(compgen -d -- "$word"))
        return 0
        ;;
    --format)
        COMPREPLY=($(compgen -W "$(command "${COMP_WORDS[0]}" formats 2>/dev/null | cut -f1)" -- "$word"))
        return 0
        ;;
    --undated)
        COMPREPLY=($(compgen -W "keep reject" -- "$word"))
        return 0
        ;;
    esac
    if [[ $word == -* && $command && $command != help ]]; then
        COMPREPLY=($(compgen -W "$(_dateline_options "${COMP_WORDS[0]}" "$command")" -- "$word"))
    elif [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "--index --help --version" -- "$word"))
    elif [[ ! $command ]]; then
        COMPREPLY=($(compgen -W "$commands help" -- "$word"))
    elif [[ $command == help ]]; then
        COMPREPLY=($(compgen -W "$commands" -- "$word"))
    else
        COMPREPLY=($(compgen -f -- "$word"))
    fi
}

complete -F _dateline_query dateline-query
complete -o filenames -F _dateline_index dateline-index
