"""`leveret completion`: the script with which a shell completes what is typed after `leveret`.

The shell then runs `leveret` with _LEVERET_COMPLETE set, and click answers with verbs and options.
"""

from typing import Final

import click
from click.shell_completion import get_completion_class

SHELLS: Final = ("bash", "fish", "zsh")
VARIABLE: Final = "_LEVERET_COMPLETE"


@click.command
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what SHELL runs to complete commands.

    \b
    Examples:
      source <(leveret completion bash)
      leveret completion zsh > ~/.zfunc/_leveret
      leveret completion fish > ~/.config/fish/completions/leveret.fish
    """
    completes = get_completion_class(shell)
    assert completes is not None
    leveret = context.find_root().command
    print(completes(leveret, {}, "leveret", VARIABLE).source())
