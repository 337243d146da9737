"""A completion script for each shell. Values that are not known are completed as files."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from usersim_opt.commands.entry.table import PROGRAM
from usersim_opt.commands.shells.words import Word, Words

Script = Callable[[Sequence[Words]], str]


def bash(commands: Sequence[Words]) -> str:
    """For bash 3.2 and newer."""
    names = " ".join(words.command.name for words in commands)
    return "\n".join(
        [
            "_usersim_opt() {",
            '  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=""',
            '  if [ "$COMP_CWORD" -eq 1 ]; then',
            f'    COMPREPLY=($(compgen -W "{names} --help --version" -- "$cur")); return',
            "  fi",
            '  case "${COMP_WORDS[1]//_/-} $prev" in',
            *_cases(commands),
            "  esac",
            '  if [ -z "$words" ]; then case "${COMP_WORDS[1]//_/-}" in',
            *_options(commands),
            "  esac; fi",
            '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
            '  case "$cur" in -*) ;; *) COMPREPLY+=($(compgen -f -- "$cur")) ;; esac',
            "}",
            f"complete -o filenames -F _usersim_opt {PROGRAM}",
            "",
        ]
    )


def _cases(commands: Sequence[Words]) -> Iterator[str]:
    """The known values after an option."""
    for words in commands:
        for word in words.options:
            if word.values:
                case = f'"{words.command.name} {word.option}"'
                yield f'    {case}) words="{" ".join(word.values)}" ;;'


def _options(commands: Sequence[Words]) -> Iterator[str]:
    """The options of each command, and the known values of arguments without a name."""
    for words in commands:
        known = [word.option for word in words.options] + [*words.values]
        yield f'    {words.command.name}) words="{" ".join(known)}" ;;'


def zsh(commands: Sequence[Words]) -> str:
    """For zsh, as a function in a folder of $fpath."""
    lines = [f"    '{words.command.name}:{_plain(words.command.line)}'" for words in commands]
    return "\n".join(
        [
            f"#compdef {PROGRAM}",
            "local -a commands",
            "commands=(",
            *lines,
            ")",
            "if (( CURRENT == 2 )); then _describe command commands; return; fi",
            'local command="${words[2]//_/-}"',
            "shift words; (( CURRENT-- ))",
            'case "$command" in',
            *(line for words in commands for line in _zsh_case(words)),
            "esac",
            "",
        ]
    )


def _zsh_case(words: Words) -> Iterator[str]:
    yield f"  {words.command.name}) _arguments \\"
    for word in words.options:
        yield f"    '*{word.option}[{_plain(word.line)}]{_zsh_values(word)}' \\"
    yield f"    '*:file:{_names_or_files(words.values)}' ;;"


def _zsh_values(word: Word) -> str:
    if word.takes_none:
        return ""
    return f":value:{_names_or_files(word.values)}"


def _names_or_files(values: Sequence[str]) -> str:
    if not values:
        return "_files"
    return f'_alternative "names:name:({" ".join(values)})" "files:file:_files"'


def fish(commands: Sequence[Words]) -> str:
    """For fish, as a file in its folder of completions."""
    lines = [f"complete -c {PROGRAM} -n __fish_use_subcommand -f -l version -d 'the version'"]
    for words in commands:
        name = words.command.name
        line = _plain(words.command.line)
        lines.append(f"complete -c {PROGRAM} -n __fish_use_subcommand -f -a {name} -d '{line}'")
        lines += [_fish_option(name, word) for word in words.options]
        if words.values:
            lines.append(f"{_fish_seen(name)} -a '{' '.join(words.values)}'")
    return "\n".join([*lines, ""])


def _fish_option(command: str, word: Word) -> str:
    values = f" -a '{' '.join(word.values)}'" if word.values else ""
    takes = "" if word.takes_none else " -r"
    option = word.option.removeprefix("--")
    return f"{_fish_seen(command)} -l {option}{takes}{values} -d '{_plain(word.line)}'"


def _fish_seen(command: str) -> str:
    underscored = command.replace("-", "_")
    names = command if underscored == command else f"{command} {underscored}"
    return f"complete -c {PROGRAM} -n '__fish_seen_subcommand_from {names}'"


def _plain(text: str) -> str:
    """Text between single quotes, without what zsh takes for the end of a part."""
    return text.replace("'", "").replace(":", ",").replace("[", "(").replace("]", ")")


SCRIPTS: Mapping[str, Script] = {"bash": bash, "zsh": zsh, "fish": fish}
