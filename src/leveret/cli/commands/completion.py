"""`leveret completion`: the scripts with which a shell completes what is typed after `leveret` and
`leveretctl`.

For `leveret` the shell then runs it with _LEVERET_COMPLETE set, and click answers; for `leveretctl`
it asks `leveretctl autocomplete`, as rabbitmqctl's completion does.
"""

from typing import Final

import click
from click.shell_completion import get_completion_class

VARIABLE: Final = "_LEVERET_COMPLETE"
# The first word is a command's name; what follows is left to the shell.
LEVERETCTL: Final = {
    "bash": """\
_leveretctl_completion() {
    COMPREPLY=()
    if [[ $COMP_CWORD -eq 1 ]]; then
        COMPREPLY=($(leveretctl autocomplete "${COMP_WORDS[1]}"))
    fi
}

complete -o default -F _leveretctl_completion leveretctl
""",
    "fish": """\
complete --no-files --command leveretctl --condition __fish_use_subcommand \\
    --arguments "(leveretctl autocomplete (commandline -ct))"
""",
    "zsh": """\
#compdef leveretctl

_leveretctl_completion() {
    if (( CURRENT == 2 )); then
        compadd -- $(leveretctl autocomplete "$words[2]")
    else
        _files
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _leveretctl_completion "$@"
else
    compdef _leveretctl_completion leveretctl
fi
""",
}


@click.command
@click.argument("shell", type=click.Choice(sorted(LEVERETCTL)))
@click.argument("program", type=click.Choice(["leveret", "leveretctl"]), default="leveret")
@click.pass_context
def completion(context: click.Context, shell: str, program: str) -> None:
    """Print what SHELL runs to complete commands.

    \b
    Examples:
      source <(leveret completion bash)
      source <(leveret completion bash leveretctl)
      leveret completion zsh > ~/.zfunc/_leveret
      leveret completion fish > ~/.config/fish/completions/leveret.fish
    """
    if program == "leveretctl":
        print(LEVERETCTL[shell], end="")
        return
    completes = get_completion_class(shell)
    assert completes is not None
    leveret = context.find_root().command
    print(completes(leveret, {}, "leveret", VARIABLE).source())
