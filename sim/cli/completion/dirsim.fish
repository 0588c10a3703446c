# Completion of dirsim for fish. What there is to choose from dirsim itself is asked, so it is never stale.

function __dirsim_subcommands
    dirsim --help 2>/dev/null | sed -n 's/^  dirsim \([a-z]*\)[^ ]*.*  \([a-z].*\)/\1\t\2/p'
end

function __dirsim_options
    set -l words (commandline -opc)
    dirsim $words[2] --help 2>/dev/null |
        sed -n 's/^  \(-., \)\{0,1\}\(--[a-z-]*\)[^ ]* *\([A-Z.]* \)\{0,1\} *\(.*\)/\2\t\4/p'
end

function __dirsim_after
    test (commandline -opc)[-1] = $argv[1]
end

complete -c dirsim -n __fish_use_subcommand -f -a '(__dirsim_subcommands)'
complete -c dirsim -n __fish_use_subcommand -f -a help -d 'what a subcommand can do'
complete -c dirsim -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' -f -a '(__dirsim_options)'
complete -c dirsim -n '__dirsim_after --store' -a 'memory sqlite'
complete -c dirsim -n '__dirsim_after --format' -f -a 'html chrome json'
complete -c dirsim -n '__dirsim_after --defect' -f -a '(dirsim list defects 2>/dev/null | sed "s/ .*//")'
complete -c dirsim -n '__dirsim_after list' -f -a 'invariants marks faults defects'
