"""Feature flags and deprecated features."""

from leveret.cli.ctl.command import FEATURE_FLAGS, ArgumentsRefused, Command, Given
from leveret.control import exits


def check_flag(given: Given) -> None:
    if not given.words[0]:
        text = "Bad argument: feature_flag cannot be an empty string."
        raise ArgumentsRefused(text, exits.DATA)


def enable_banner(given: Given) -> str:
    name = given.words[0]
    told = "all feature flags" if name == "all" else f'feature flag "{name}"'
    return f"Enabling {told} ..."


def deprecated_banner(given: Given) -> str:
    return f"Listing deprecated features {'in use ' if given.options.get('used') else ''}..."


COMMANDS = (
    Command(
        name="list_feature_flags",
        about="Lists feature flags",
        group=FEATURE_FLAGS,
        usage="list_feature_flags [<column> ...] [--timeout <timeout>]",
        example="leveretctl list_feature_flags name desc",
        columns=("name", "state", "stability", "provided_by", "desc", "doc_url"),
        usual_columns=("name", "state"),
        banner=lambda _given: "Listing feature flags ...",
    ),
    Command(
        name="enable_feature_flag",
        about="Enables a feature flag or all supported feature flags on the target node",
        group=FEATURE_FLAGS,
        usage="enable_feature_flag <all | feature_flag>",
        example="leveretctl enable_feature_flag all",
        parameters=("feature_flag",),
        details=(
            (
                "<feature_flag>",
                'name of the feature flag to enable, or "all" to enable all supported flags',
            ),
        ),
        check=check_flag,
        banner=enable_banner,
    ),
    Command(
        name="list_deprecated_features",
        about="Lists deprecated features",
        group=FEATURE_FLAGS,
        usage="list_deprecated_features [--used] [<column> ...]",
        example="leveretctl list_deprecated_features --used",
        options={"used": bool},
        details=(("--used", "returns deprecated features in use"),),
        columns=("name", "deprecation_phase", "provided_by", "desc", "doc_url"),
        usual_columns=("name", "deprecation_phase"),
        banner=deprecated_banner,
    ),
)
