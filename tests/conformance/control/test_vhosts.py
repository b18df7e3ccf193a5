"""Commands on virtual hosts and on what users may do in them."""

VHOSTS = """
add_vhost ctl-a
add_vhost ctl-a
add_vhost ctl-b --description "my vhost"
add_vhost ctl-c --default-queue-type quorum
add_vhost ctl-d --default-queue-type nosuch
add_vhost ctl-d --description x --formatter json
add_vhost
set_vhost_tags ctl-b a b
set_vhost_tags ctl-d
list_vhosts
set_vhost_tags ctl-a
list_vhosts name tracing
list_vhosts name,tracing
list_vhosts name description tags default_queue_type cluster_state tracing
list_vhosts name description tags default_queue_type cluster_state tracing --formatter json
list_vhosts name tags --formatter csv
list_vhosts name nosuch bad
set_vhost_tags ctl-a x y
list_vhosts name tags
set_vhost_tags ctl-nowhere x
restart_vhost -p ctl-a
restart_vhost -p ctl-a --formatter json
restart_vhost -p ctl-nowhere
restart_vhost ctl-a
set_vhost_limits -p ctl-a '{"max-connections": 5, "max-queues": 3}'
set_vhost_limits -p ctl-a '{"max-foo": 5}'
set_vhost_limits -p ctl-a junk
set_vhost_limits -p ctl-a '{"max-queues": "a"}'
set_vhost_limits -p ctl-nowhere '{"max-connections": 5}'
set_vhost_limits
list_vhost_limits -p ctl-a
list_vhost_limits -p ctl-a --formatter json
list_vhost_limits -p ctl-b
list_vhost_limits -p ctl-b --formatter json
list_vhost_limits -p ctl-nowhere
list_vhost_limits --global
list_vhost_limits --global --formatter json
clear_vhost_limits -p ctl-a
clear_vhost_limits -p ctl-a
clear_vhost_limits -p ctl-nowhere
trace_on -p ctl-a
list_vhosts name tracing
trace_off -p ctl-a extra
trace_on -p ctl-b --formatter json
delete_vhost ctl-nowhere
delete_vhost ctl-a
delete_vhost ctl-b
delete_vhost ctl-c --formatter json
delete_vhost ctl-d -q
delete_vhost
delete_vhost a b
"""

PERMISSIONS = """
add_vhost ctl-p
add_user ctl-u secret
set_permissions -p ctl-p ctl-u a b c
set_permissions -p ctl-nowhere ctl-u a b c
set_permissions -p ctl-p ctl-nobody a b c
set_permissions -p ctl-p ctl-u a b
set_permissions -p ctl-p ctl-u a b c d
list_permissions -p ctl-p
list_permissions -p ctl-p --formatter json
list_permissions -p ctl-nowhere
list_permissions extra
list_user_permissions ctl-u
list_user_permissions ctl-u --formatter json
list_user_permissions ctl-nobody
list_user_permissions
clear_permissions -p ctl-p ctl-u
clear_permissions -p ctl-p ctl-u
clear_permissions -p ctl-p ctl-nobody
clear_permissions -p ctl-nowhere ctl-u
list_permissions -p ctl-p
list_permissions -p ctl-p --formatter json
list_user_permissions ctl-u
set_topic_permissions -p ctl-p ctl-u ctl-logs a b
set_topic_permissions -p ctl-nowhere ctl-u ctl-logs a b
set_topic_permissions -p ctl-p ctl-nobody ctl-logs a b
set_topic_permissions -p ctl-p ctl-u ctl-logs '(' b
set_topic_permissions -p ctl-p ctl-u ctl-logs b
list_topic_permissions -p ctl-p
list_topic_permissions -p ctl-p --formatter json
list_topic_permissions -p ctl-nowhere
list_user_topic_permissions ctl-u
list_user_topic_permissions ctl-u -s
list_user_topic_permissions ctl-u --formatter csv
list_user_topic_permissions ctl-nobody
clear_topic_permissions -p ctl-p ctl-u ctl-logs
clear_topic_permissions -p ctl-p ctl-u
clear_topic_permissions -p ctl-p ctl-nobody
clear_topic_permissions -p ctl-nowhere ctl-u
list_user_topic_permissions ctl-u
list_user_topic_permissions ctl-u --formatter json
list_user_topic_permissions ctl-u --formatter csv
delete_user ctl-u
delete_vhost ctl-p
"""


def test_virtual_hosts(alike):
    alike(VHOSTS)


def test_permissions(alike):
    alike(PERMISSIONS)
