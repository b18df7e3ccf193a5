"""What is shown of an account, to administrators alone."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from leveret.management.view import View

if TYPE_CHECKING:
    from leveret.broker.users import User

USER: View[User] = View(
    {
        "name": lambda user, _look: user.name,
        "password_hash": lambda user, _look: base64.b64encode(user.password_hash).decode(),
        "hashing_algorithm": lambda user, _look: user.hashing_algorithm,
        "tags": lambda user, _look: sorted(user.tags),
        "limits": lambda user, look: dict(look.broker.limits.of_user(user.name)),
    }
)
