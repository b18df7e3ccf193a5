"""Permissions in virtual hosts, and for topic exchanges."""

import msgspec

from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.command import ACCESS, Banner, Command, Given
from leveret.cli.ctl.output import tell

USERNAME = ("<username>", "Self-explanatory")
WRITE_READ = (
    ("<write>", "Write permission pattern"),
    ("<read>", "Read permission pattern"),
)
PATTERNS = (("<conf>", "Configuration permission pattern"), *WRITE_READ)


def in_vhost(begin: str) -> Banner:
    """Begins with this, then names the user and the virtual host."""
    return lambda given: f'{begin} for user "{given.words[0]}" in vhost "{given.vhost or "/"}" ...'


def set_topic_banner(given: Given) -> str:
    return in_vhost(f'Setting topic permissions on "{given.words[1]}"')(given) or ""


def clear_topic_banner(given: Given) -> str:
    exchange = f' on "{given.words[1]}"' if len(given.words) > 1 else ""
    return in_vhost(f"Clearing topic permissions{exchange}")(given) or ""


def tell_without_header(given: Given, asking: Asking) -> None:
    """The one table that RabbitMQ prints without."""
    tell(msgspec.structs.replace(given, has_headers=False), asking)


COMMANDS = (
    Command(
        name="set_permissions",
        about="Sets user permissions for a vhost",
        group=ACCESS,
        usage="set_permissions [--vhost <vhost>] <username> <conf> <write> <read>",
        example="leveretctl set_permissions -p staging ann '^ann-' '.*' '.*'",
        parameters=("username", "configure", "write", "read"),
        details=(USERNAME, *PATTERNS),
        is_in_vhost=True,
        banner=in_vhost("Setting permissions"),
    ),
    Command(
        name="set_permissions_globally",
        about="Sets user permissions for all virtual hosts",
        group=ACCESS,
        usage="set_permissions_globally <username> <conf> <write> <read>",
        example="leveretctl set_permissions_globally ann '^$' '.*' '.*'",
        parameters=("username", "configure", "write", "read"),
        details=(USERNAME, *PATTERNS),
        banner=lambda given: (
            f'Setting permissions for user "{given.words[0]}" in all virtual hosts ...'
        ),
    ),
    Command(
        name="clear_permissions",
        about="Revokes user permissions for a vhost",
        group=ACCESS,
        usage="clear_permissions [--vhost <vhost>] <username>",
        example="leveretctl clear_permissions -p staging ann",
        parameters=("username",),
        details=(("<username>", "Name of the user whose permissions should be revoked"),),
        is_in_vhost=True,
        banner=in_vhost("Clearing permissions"),
    ),
    Command(
        name="list_permissions",
        about="Lists user permissions in a virtual host",
        group=ACCESS,
        usage="list_permissions [--vhost <vhost>] [--no-table-headers] [--timeout <timeout>]",
        example="leveretctl list_permissions -p staging",
        is_in_vhost=True,
        is_list=True,
        banner=lambda given: f'Listing permissions for vhost "{given.vhost or "/"}" ...',
    ),
    Command(
        name="list_user_permissions",
        about="Lists permissions of a user across all virtual hosts",
        group=ACCESS,
        usage="list_user_permissions [--no-table-headers] <username> [--timeout <timeout>]",
        example="leveretctl list_user_permissions ann",
        parameters=("username",),
        details=(("<username>", "Name of the user"),),
        is_list=True,
        banner=lambda given: f'Listing permissions for user "{given.words[0]}" ...',
    ),
    Command(
        name="set_topic_permissions",
        about="Sets user topic permissions for an exchange",
        group=ACCESS,
        usage="set_topic_permissions [--vhost <vhost>] <username> <exchange> <write> <read>",
        example="leveretctl set_topic_permissions ann amq.topic '^ann[.]' '.*'",
        parameters=("username", "exchange", "write", "read"),
        details=(
            USERNAME,
            ("<exchange>", "Topic exchange to set the permissions for"),
            *WRITE_READ,
        ),
        is_in_vhost=True,
        banner=set_topic_banner,
    ),
    Command(
        name="clear_topic_permissions",
        about="Clears user topic permissions for a vhost or exchange",
        group=ACCESS,
        usage="clear_topic_permissions [--vhost <vhost>] <username> [<exchange>]",
        example="leveretctl clear_topic_permissions ann amq.topic",
        parameters=("username", "exchange?"),
        details=(
            ("<username>", "Name of the user whose topic permissions should be revoked"),
            ("<exchange>", "Exchange the permissions are for"),
        ),
        is_in_vhost=True,
        banner=clear_topic_banner,
    ),
    Command(
        name="list_topic_permissions",
        about="Lists topic permissions in a virtual host",
        group=ACCESS,
        usage="list_topic_permissions [--vhost <vhost>] [--no-table-headers] [--timeout <timeout>]",
        example="leveretctl list_topic_permissions -p staging",
        is_in_vhost=True,
        is_list=True,
        banner=lambda given: f'Listing topic permissions for vhost "{given.vhost or "/"}" ...',
    ),
    Command(
        name="list_user_topic_permissions",
        about="Lists user topic permissions",
        group=ACCESS,
        usage="list_user_topic_permissions [--no-table-headers] <username> [--timeout <timeout>]",
        example="leveretctl list_user_topic_permissions ann",
        parameters=("username",),
        details=(("<username>", "Name of the user"),),
        is_list=True,
        banner=lambda given: f'Listing topic permissions for user "{given.words[0]}" ...',
        run=tell_without_header,
    ),
)
