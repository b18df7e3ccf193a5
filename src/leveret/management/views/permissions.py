"""What is shown of a permission: who, where, and the patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.management.view import View

if TYPE_CHECKING:
    from leveret.broker.definitions.document import DefinedPermission, DefinedTopicPermission

PERMISSION: View[DefinedPermission] = View(
    {
        "user": lambda granted, _look: granted.user,
        "vhost": lambda granted, _look: granted.vhost,
        "configure": lambda granted, _look: granted.permission.configure,
        "write": lambda granted, _look: granted.permission.write,
        "read": lambda granted, _look: granted.permission.read,
    }
)

TOPIC_PERMISSION: View[DefinedTopicPermission] = View(
    {
        "user": lambda granted, _look: granted.user,
        "vhost": lambda granted, _look: granted.vhost,
        "exchange": lambda granted, _look: granted.exchange,
        "write": lambda granted, _look: granted.permission.write,
        "read": lambda granted, _look: granted.permission.read,
    }
)
