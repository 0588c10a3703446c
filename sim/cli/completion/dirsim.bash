# shellcheck shell=bash
# Completion of dirsim for bash. What there is to choose from dirsim itself is asked, so it is never stale.

_dirsim_subcommands() {
    dirsim --help 2>/dev/null | sed -n 's/^  dirsim \([a-z]*\).*/\1/p' | sort -u
}

_dirsim_options() { # SUBCOMMAND
    dirsim "$1" --help 2>/dev/null | sed -n 's/^  \(-., \)\{0,1\}\(--[a-z-]*\).*/\2/p'
}

_dirsim() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} choices=
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        choices="$(_dirsim_subcommands) help --help --version"
    elif [ "${COMP_WORDS[1]}" = help ]; then
        choices=$(_dirsim_subcommands)
    elif [[ $word == -* ]]; then
        choices=$(_dirsim_options "${COMP_WORDS[1]}")
    else
        case ${COMP_WORDS[1]}/$before in
        */--store) choices="memory sqlite" ;;
        */--defect) choices=$(dirsim list defects 2>/dev/null | sed 's/ .*//') ;;
        timeline/--format) choices="html chrome json" ;;
        list/*) choices="invariants marks faults defects" ;;
        esac
    fi
    if [ -n "$choices" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
    fi
    # Otherwise a file: `-o default`.
}

complete -o default -F _dirsim dirsim
