"""Commands on users: the same words, the same exit codes."""

SCRIPT = """
add_user ctl-ann secret
add_user ctl-ann secret
add_user "" secret
add_user
add_user a b c
add_user ctl-bob secret -q
add_user ctl-eve secret --formatter json
add_user ctl-x y --nonsense
change_password ctl-ann new
change_password ctl-nobody new
authenticate_user ctl-ann new
authenticate_user ctl-ann new -q
authenticate_user ctl-ann new --formatter json
authenticate_user ctl-ann wrong
authenticate_user ctl-nobody wrong
clear_password ctl-bob
clear_password ctl-nobody
authenticate_user ctl-bob secret
set_user_tags ctl-ann monitoring policymaker
set_user_tags ctl-bob
set_user_tags ctl-nobody x
set_user_tags
list_users
list_users -q
list_users -s
list_users --no-table-headers
list_users --formatter json
list_users --formatter json_stream
list_users --formatter csv
list_users extra
set_user_limits ctl-ann '{"max-connections": 5, "max-channels": 2}'
set_user_limits ctl-ann '{"max-foo": 5}'
set_user_limits ctl-ann '{"max-connections": "x"}'
set_user_limits ctl-ann junk
set_user_limits ctl-nobody '{"max-connections": 5}'
set_user_limits ctl-ann
list_user_limits
list_user_limits --user ctl-ann
list_user_limits --user ctl-nobody
list_user_limits --user ctl-ann --formatter json
list_user_limits --global
list_user_limits --global --formatter json
clear_user_limits ctl-ann max-channels
list_user_limits --user ctl-ann
clear_user_limits ctl-ann nosuch
clear_user_limits ctl-nobody all
clear_user_limits ctl-ann all
list_user_limits --user ctl-ann
clear_user_limits ctl-ann
delete_user ctl-ann
delete_user ctl-nobody
delete_user
delete_user ctl-bob -q
delete_user ctl-eve --formatter json
"""


def test_users(alike):
    alike(SCRIPT)
