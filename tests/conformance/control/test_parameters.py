"""Commands on parameters, policies and feature flags."""

PARAMETERS = """
add_vhost ctl-v
set_parameter -p ctl-v vhost-limits limits '{"max-queues": 5}'
set_parameter -p ctl-v nosuch n 1
set_parameter -p ctl-v vhost-limits limits junk
set_parameter -p ctl-nowhere vhost-limits limits '{}'
set_parameter -p ctl-v policy p '{}'
set_parameter a b
list_parameters -p ctl-v
list_parameters -p ctl-v --formatter json
list_parameters -p ctl-nowhere
list_parameters x
clear_parameter -p ctl-v vhost-limits limits
clear_parameter -p ctl-v vhost-limits limits
clear_parameter -p ctl-v policy p
clear_parameter -p ctl-nowhere vhost-limits limits
clear_parameter vhost-limits
list_parameters -p ctl-v
set_global_parameter ctl-g '{"b": 1, "a": [1,2.5,"x",null,true]}'
set_global_parameter ctl-h '"text"'
set_global_parameter ctl-i junk
set_global_parameter ctl-g
list_global_parameters
list_global_parameters --formatter json
clear_global_parameter ctl-g
clear_global_parameter ctl-g
clear_global_parameter ctl-h
clear_global_parameter
delete_vhost ctl-v
"""

POLICIES = """
add_vhost ctl-v
set_policy -p ctl-v ctl-p '^jobs' '{"max-length": 10}'
set_policy -p ctl-v ctl-q '^x' '{"message-ttl": 9, "expires": 5}' --priority 3 --apply-to queues
set_policy -p ctl-v ctl-r '(' '{"max-length": 10}'
set_policy -p ctl-v ctl-r a junk
set_policy -p ctl-v ctl-r a '{"nosuch": 1}'
set_policy -p ctl-v ctl-r a '{"max-length": "x"}'
set_policy -p ctl-v ctl-r a '{}'
set_policy -p ctl-v ctl-r a '{"max-length": 10}' --priority foo
set_policy -p ctl-v ctl-r a '{"max-length": 10}' --priority 1.5
set_policy -p ctl-nowhere ctl-r a '{"max-length": 10}'
set_policy -p ctl-v ctl-s a '{"alternate-exchange": "x"}' --apply-to exchanges -q
set_policy ctl-r a
list_policies -p ctl-v
list_policies -p ctl-v -s
list_policies -p ctl-v --formatter json
list_policies -p ctl-v --formatter csv
list_policies -p ctl-nowhere
clear_policy -p ctl-v ctl-p
clear_policy -p ctl-v ctl-p
clear_policy -p ctl-nowhere ctl-p
clear_policy
clear_policy -p ctl-v ctl-q
clear_policy -p ctl-v ctl-s
list_policies -p ctl-v
list_policies -p ctl-v --formatter json
list_policies -p ctl-v --formatter csv
set_operator_policy -p ctl-v ctl-o '^jobs' '{"max-length": 10}'
set_operator_policy -p ctl-v ctl-o '^jobs' '{"dead-letter-exchange": "x"}'
set_operator_policy -p ctl-v ctl-n '^jobs' '{"max-length": 10}' --priority 5 --apply-to queues
set_operator_policy -p ctl-nowhere ctl-n '^jobs' '{"max-length": 10}'
list_operator_policies -p ctl-v
list_operator_policies -p ctl-v --formatter json
list_operator_policies -p ctl-nowhere
clear_operator_policy -p ctl-v ctl-o
clear_operator_policy -p ctl-v ctl-o
clear_operator_policy -p ctl-nowhere ctl-o
clear_operator_policy
delete_vhost ctl-v
"""

FLAGS = """
enable_feature_flag all
enable_feature_flag quorum_queue
enable_feature_flag nosuch
enable_feature_flag
enable_feature_flag ""
list_feature_flags nosuch
"""


def test_parameters(alike):
    alike(PARAMETERS)


def test_policies(alike):
    alike(POLICIES)


def test_feature_flags(alike):
    alike(FLAGS)
