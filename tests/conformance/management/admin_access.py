"""Who may ask what of an administrator's routes: users by tag, and what each of them asks.

Each user's password is its name. Those of MEMBERS may enter ad-home; nobody may enter ad-away.
Requests change nothing, or what they find again.
"""

TAGS = {
    "ad-as-nobody": "",
    "ad-as-management": "management",
    "ad-as-policymaker": "policymaker",
    "ad-as-monitoring": "monitoring",
    "ad-as-administrator": "administrator",
    "ad-as-impersonator": "impersonator",
}
MEMBERS = {f"{user}-in": tags for user, tags in TAGS.items()}
USERS = TAGS | MEMBERS

PREPARATION = """
PUT /vhosts/ad-home
PUT /vhosts/ad-away
PUT /policies/ad-home/ad-p {"pattern": "x", "definition": {"max-length": 3}}
PUT /policies/ad-away/ad-p {"pattern": "x", "definition": {"max-length": 3}}
PUT /operator-policies/ad-home/ad-o {"pattern": "x", "definition": {"max-length": 3}}
PUT /operator-policies/ad-away/ad-o {"pattern": "x", "definition": {"max-length": 3}}
PUT /vhost-limits/ad-home/max-queues {"value": 100}
PUT /vhost-limits/ad-away/max-queues {"value": 100}
PUT /user-limits/ad-as-nobody/max-channels {"value": 100}
PUT /global-parameters/ad-g {"value": 1}
"""
TIDYING = """
DELETE /vhosts/ad-home
DELETE /vhosts/ad-away
DELETE /global-parameters/ad-g
"""

REQUESTS = """
GET /vhosts
GET /vhosts/ad-home
GET /vhosts/ad-away
GET /vhosts/ad-none
PUT /vhosts/ad-home {}
DELETE /vhosts/ad-none
DELETE /vhosts
POST /vhosts/ad-home/start/{node}
GET /vhosts/ad-home/permissions
GET /vhosts/ad-away/permissions
GET /vhosts/ad-home/topic-permissions
GET /users
GET /users/guest
GET /users/ad-as-administrator
GET /users/ad-as-management-in
PUT /users/ad-new {}
DELETE /users/ad-new
GET /users/without-permissions
POST /users/bulk-delete {"users": []}
POST /users
GET /users/guest/permissions
GET /users/ad-as-management-in/permissions
GET /users/guest/topic-permissions
GET /permissions
GET /permissions/ad-home/guest
GET /permissions/ad-home/ad-as-management-in
PUT /permissions/ad-home/guest {}
DELETE /permissions/ad-home/ad-new
GET /topic-permissions
GET /topic-permissions/ad-home/guest
PUT /topic-permissions/ad-home/guest {}
DELETE /topic-permissions/ad-home/ad-new
GET /parameters
GET /parameters/operator_policy
GET /parameters/operator_policy/ad-home
GET /parameters/operator_policy/ad-away
GET /parameters/operator_policy/ad-none
GET /parameters/operator_policy/ad-home/ad-o
GET /parameters/operator_policy/ad-away/ad-o
GET /parameters/operator_policy/ad-none/ad-o
PUT /parameters/operator_policy/ad-home/ad-n {}
PUT /parameters/operator_policy/ad-away/ad-n {}
PUT /parameters/operator_policy/ad-none/ad-n {}
PUT /parameters/vhost-limits/ad-home/limits {"value": {"max-queues": 100}}
PUT /parameters/vhost-limits/ad-away/limits {"value": {"max-queues": 100}}
DELETE /parameters/operator_policy/ad-home/ad-none
DELETE /parameters/operator_policy/ad-away/ad-none
GET /global-parameters
GET /global-parameters/ad-g
GET /global-parameters/ad-none
PUT /global-parameters/ad-g {}
PUT /global-parameters/ad-g {"value": 1}
DELETE /global-parameters/ad-none
GET /policies
GET /policies/ad-home
GET /policies/ad-away
GET /policies/ad-none
GET /policies/ad-home/ad-p
GET /policies/ad-away/ad-p
GET /policies/ad-none/ad-p
PUT /policies/ad-home/ad-p {"pattern": "x", "definition": {"max-length": 3}}
PUT /policies/ad-away/ad-p {"pattern": "x", "definition": {"max-length": 3}}
PUT /policies/ad-none/ad-p {"pattern": "x", "definition": {"max-length": 3}}
DELETE /policies/ad-home/ad-none
DELETE /policies/ad-away/ad-none
GET /operator-policies
GET /operator-policies/ad-home
GET /operator-policies/ad-away
GET /operator-policies/ad-none
GET /operator-policies/ad-home/ad-o
GET /operator-policies/ad-away/ad-o
PUT /operator-policies/ad-home/ad-o {"pattern": "x", "definition": {"max-length": 3}}
PUT /operator-policies/ad-none/ad-o {"pattern": "x", "definition": {"max-length": 3}}
DELETE /operator-policies/ad-home/ad-none
GET /vhost-limits
GET /vhost-limits/ad-home
GET /vhost-limits/ad-away
GET /vhost-limits/ad-none
PUT /vhost-limits/ad-home/max-queues {"value": 100}
PUT /vhost-limits/ad-away/max-queues {"value": 100}
DELETE /vhost-limits/ad-home/max-connections
GET /user-limits
GET /user-limits/ad-as-nobody
GET /user-limits/ad-new
PUT /user-limits/ad-as-nobody/max-channels {"value": 100}
DELETE /user-limits/ad-as-nobody/max-connections
GET /definitions?columns=global_parameters
GET /all-configuration?columns=global_parameters
GET /definitions/ad-home?columns=queues
GET /definitions/ad-away?columns=queues
GET /definitions/ad-none
POST /definitions {}
POST /definitions/ad-home {}
POST /definitions/ad-away {}
DELETE /auth/attempts/{node}
DELETE /auth/attempts/{node}/source
GET /auth/attempts/nonode
OPTIONS /vhosts
OPTIONS /users
"""
