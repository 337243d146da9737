"""A completion script for each shell. Values that are not known are completed as files."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from usersim_opt.commands.entry.table import PROGRAM
from usersim_opt.commands.shells.words import Takes, Word, Words

Script = Callable[[Sequence[Words]], str]
_BASH = """\
_usersim_opt() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words="" files=yes
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "@names --help --version" -- "$cur"))
    return
  fi
  case "${COMP_WORDS[1]//_/-} $prev" in
@values
  esac
  if [ -z "$words" ]; then
    case "${COMP_WORDS[1]//_/-}" in
@options
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  case "$files$cur" in
    no*|yes-*) ;;
    *) COMPREPLY+=($(compgen -f -- "$cur")) ;;
  esac
}
complete -o filenames -F _usersim_opt usersim-opt
"""
_ZSH = """\
#compdef usersim-opt
local -a commands
commands=(
@names
)
if (( CURRENT == 2 )); then _describe command commands; return; fi
local command="${words[2]//_/-}"
shift words
(( CURRENT-- ))
case "$command" in
@options
esac
"""


def bash(commands: Sequence[Words]) -> str:
    """For bash 3.2 and newer."""
    names = " ".join(words.command.name for words in commands)
    filled = _BASH.replace("@names", names)
    filled = filled.replace("@values", "\n".join(_bash_values(commands)))
    return filled.replace("@options", "\n".join(_bash_options(commands)))


def _bash_values(commands: Sequence[Words]) -> Iterator[str]:
    """The known values after an option."""
    for words in commands:
        for word in words.options:
            if word.values:
                case = f'"{words.command.name} {word.option}"'
                yield f'    {case}) words="{" ".join(word.values)}"{_bash_files(word.takes)} ;;'


def _bash_options(commands: Sequence[Words]) -> Iterator[str]:
    """The options of each command, and the known values without a name."""
    for words in commands:
        known = " ".join([*(word.option for word in words.options), *words.values])
        yield f'      {words.command.name}) words="{known}"{_bash_files(words.takes)} ;;'


def _bash_files(takes: Takes) -> str:
    return " files=no" if takes == "a value" else ""


def zsh(commands: Sequence[Words]) -> str:
    """For zsh, as a function in a folder of $fpath."""
    names = [f"  '{words.command.name}:{_plain(words.command.line)}'" for words in commands]
    options = [_zsh_case(words) for words in commands]
    return _ZSH.replace("@names", "\n".join(names)).replace("@options", "\n".join(options))


def _zsh_case(words: Words) -> str:
    options = [
        f"    '*{word.option}[{_plain(word.line)}]{_zsh_value(word)}'" for word in words.options
    ]
    rest = f"    '*:value:{_zsh_known(words.values, words.takes)}'"
    specs = " \\\n".join([f"  {words.command.name}) _arguments", *options, rest])
    return f"{specs} ;;"


def _zsh_value(word: Word) -> str:
    return "" if word.takes == "nothing" else f":value:{_zsh_known(word.values, word.takes)}"


def _zsh_known(values: Sequence[str], takes: Takes) -> str:
    """What completes a value, in the notation of _arguments."""
    if not values:
        return "_files"
    names = " ".join(values)
    if takes == "a value":
        return f"({names})"
    return f'_alternative "names:name:({names})" "files:file:_files"'


def fish(commands: Sequence[Words]) -> str:
    """For fish, as a file in its folder of completions."""
    lines = [line for words in commands for line in _fish_lines(words)]
    return "\n".join([*lines, ""])


def _fish_lines(words: Words) -> Iterator[str]:
    name, line = words.command.name, _plain(words.command.line)
    yield f"complete -c {PROGRAM} -n __fish_use_subcommand -f -a {name} -d '{line}'"
    for word in words.options:
        yield _fish_option(name, word)
    if words.values:
        no_files = " -f" if words.takes == "a value" else ""
        yield f"{_fish_seen(name)}{no_files} -a '{' '.join(words.values)}'"


def _fish_option(command: str, word: Word) -> str:
    takes = {"nothing": "", "a value": " -x", "anything": " -r"}[word.takes]
    values = f" -a '{' '.join(word.values)}'" if word.values else ""
    option = word.option.removeprefix("--")
    return f"{_fish_seen(command)} -l {option}{takes}{values} -d '{_plain(word.line)}'"


def _fish_seen(command: str) -> str:
    """The condition that a command, in either of its spellings, stands on the line."""
    names = " ".join(dict.fromkeys([command, command.replace("-", "_")]))
    return f"complete -c {PROGRAM} -n '__fish_seen_subcommand_from {names}'"


def _plain(text: str) -> str:
    """Text for single quotes, without what zsh takes for the end of a part."""
    return text.replace("'", "").replace(":", ",").replace("[", "(").replace("]", ")")


SCRIPTS: Mapping[str, Script] = {"bash": bash, "zsh": zsh, "fish": fish}
