"""Users: accounts, tags, limits."""

from typing import TYPE_CHECKING

from leveret.cli.ctl.asking import MACHINE_READABLE, Asking
from leveret.cli.ctl.command import MONITORING, USERS, ArgumentsRefused, Command, Given
from leveret.cli.ctl.output import as_json, print_value
from leveret.cli.ctl.password import with_password
from leveret.control import exits

if TYPE_CHECKING:
    from leveret.control.messages import Plain

DONE = (
    "Done. Don't forget to grant the user permissions to some virtual hosts! "
    "See 'leveretctl help set_permissions' to learn more."
)
USERNAME = ("<username>", "Self-explanatory")


def check_name(given: Given) -> None:
    if not given.words[0]:
        raise ArgumentsRefused("Bad argument: user cannot be an empty string", exits.DATA)


def check_password(given: Given) -> None:
    if given.words == [""]:
        raise ArgumentsRefused("Bad argument: password cannot be an empty string", exits.DATA)


def add(given: Given, asking: Asking) -> None:
    asking.value("add_user", with_password(given, asking, exits.DATA))
    if given.formatter in MACHINE_READABLE:
        told: Plain = {"message": DONE, "node": asking.node, "status": "ok"}
        print(as_json(told), file=asking.out)
    elif not (given.is_quiet or given.is_silent):
        print(DONE, file=asking.out)


def change_password(given: Given, asking: Asking) -> None:
    asking.value("change_password", with_password(given, asking, exits.SOFTWARE))
    print_value(given, None, asking)


def authenticate(given: Given, asking: Asking) -> None:
    asking.value("authenticate_user", with_password(given, asking, exits.SOFTWARE))
    print_value(given, None, asking)


def hash_one(given: Given, asking: Asking) -> None:
    arguments = with_password(given, asking, exits.SOFTWARE)
    print_value(given, asking.value("hash_password", arguments), asking)


def tags_banner(given: Given) -> str:
    return f'Setting tags for user "{given.words[0]}" to [{", ".join(given.words[1:])}] ...'


def clear_limits_banner(given: Given) -> str:
    limit = given.words[1]
    told = "all limits" if limit == "all" else f'"{limit}" limit'
    return f'Clearing {told} for user "{given.words[0]}" ...'


def list_limits_banner(given: Given) -> str:
    if given.options.get("global"):
        return "Listing limits for all users ..."
    return f'Listing limits for user "{given.options.get("user", "guest")}" ...'


def hash_banner(given: Given) -> str:
    """RabbitMQ's shows the password."""
    return "Will hash password ..." if given.words else "Will hash provided password"


COMMANDS = (
    Command(
        name="add_user",
        about="Creates a new user in the internal database. "
        "This user will have no permissions for any virtual hosts by default.",
        group=USERS,
        usage="add_user <username> <password>",
        example="leveretctl add_user ann < password.txt",
        parameters=("username", "password?"),
        details=(
            USERNAME,
            (
                "<password>",
                (
                    "Password this user will authenticate with; read from stdin if it is left out. "
                    "Use a blank string to disable password-based authentication."
                ),
            ),
        ),
        banner=lambda given: f'Adding user "{given.words[0]}" ...',
        check=check_name,
        run=add,
    ),
    Command(
        name="delete_user",
        about="Removes a user from the internal database",
        group=USERS,
        usage="delete_user <username>",
        example="leveretctl delete_user ann",
        parameters=("username",),
        details=(("<username>", "Name of the user to delete."),),
        banner=lambda given: f'Deleting user "{given.words[0]}" ...',
    ),
    Command(
        name="change_password",
        about="Changes the user password",
        group=USERS,
        usage="change_password <username> <password>",
        example="leveretctl change_password ann < password.txt",
        parameters=("username", "password?"),
        details=(
            ("<username>", "Name of the user whose password should be changed"),
            ("<password>", "New password to set; read from stdin if it is left out"),
        ),
        banner=lambda given: f'Changing password for user "{given.words[0]}" ...',
        run=change_password,
    ),
    Command(
        name="clear_password",
        about="Clears (resets) password and disables password login for a user",
        group=USERS,
        usage="clear_password <username>",
        example="leveretctl clear_password ann",
        parameters=("username",),
        details=(("<username>", "Name of the user whose password should be cleared"),),
        banner=lambda given: f'Clearing password for user "{given.words[0]}" ...',
    ),
    Command(
        name="authenticate_user",
        about="Attempts to authenticate a user. "
        "Exits with a non-zero code if authentication fails.",
        group=USERS,
        usage="authenticate_user <username> <password>",
        example="leveretctl authenticate_user ann < password.txt",
        parameters=("username", "password?"),
        details=(
            ("<username>", "Username to use"),
            ("<password>", "Password to use. Can be entered via stdin in interactive mode."),
        ),
        banner=lambda given: f'Authenticating user "{given.words[0]}" ...',
        run=authenticate,
        show=lambda _value, _given: "Success",
        as_json=lambda _value, _given: {"message": "Success"},
    ),
    Command(
        name="hash_password",
        about="Hashes a plaintext password",
        group=USERS,
        usage="hash_password <cleartext_password>",
        example="leveretctl hash_password < password.txt",
        parameters=("password?",),
        details=(("<cleartext_password>", "read from stdin if it is left out"),),
        banner=hash_banner,
        check=check_password,
        run=hash_one,
    ),
    Command(
        name="set_user_tags",
        about="Sets user tags",
        group=USERS,
        usage="set_user_tags <username> <tag> [...]",
        example="leveretctl set_user_tags ann monitoring policymaker",
        parameters=("username", "tags*"),
        details=(USERNAME, ("<tags>", "Space separated list of tags")),
        banner=tags_banner,
    ),
    Command(
        name="list_users",
        about="List user names and tags",
        group=USERS,
        usage="list_users [--no-table-headers] [--timeout <timeout>]",
        example="leveretctl list_users --formatter json",
        banner=lambda _given: "Listing users ...",
    ),
    Command(
        name="set_user_limits",
        about="Sets user limits",
        group=USERS,
        usage="set_user_limits <username> <definition>",
        example="""leveretctl set_user_limits ann '{"max-connections": 10}'""",
        parameters=("username", "definition"),
        details=(USERNAME, ("<definition>", "Limit definitions as a JSON document")),
        banner=lambda given: (
            f'Setting user limits to "{given.words[1]}" for user "{given.words[0]}" ...'
        ),
    ),
    Command(
        name="clear_user_limits",
        about="Clears user connection/channel limits",
        group=USERS,
        usage="clear_user_limits <username> <limit_type> | all",
        example="leveretctl clear_user_limits ann max-connections",
        parameters=("username", "limit"),
        details=(
            USERNAME,
            ("<limit_type>", "Limit type, must be max-connections or max-channels"),
        ),
        banner=clear_limits_banner,
    ),
    Command(
        name="list_user_limits",
        about="Displays configured user limits",
        group=USERS,
        usage="list_user_limits [--user <username>] [--global]",
        example="leveretctl list_user_limits --user ann",
        options={"user": str, "global": bool},
        details=(("--global", "list limits for all the users"),),
        is_list=True,
        banner=list_limits_banner,
        as_json=lambda value, _given: {"message": value},
    ),
    Command(
        name="list_hashes",
        about="Lists what passwords can be hashed with",
        group=MONITORING,
        usage="list_hashes",
        example="leveretctl list_hashes",
        banner=lambda _given: "Listing supported hash algorithms ...",
        show=lambda value, _given: (
            f"[{','.join(map(str, value if isinstance(value, list) else ()))}]"
        ),
    ),
)
