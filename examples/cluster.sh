#!/usr/bin/env bash
# Three nodes on one machine become a cluster, mirror a queue, and lose the node that led it.
#
#     pip install 'leveret[cluster]' pika
#     examples/cluster.sh
#
# Linux has all of 127.0.0.0/8; a Mac first needs `sudo ifconfig lo0 alias 127.0.0.11 up` and so on.
# On three machines it is the same with three names: docs/clustering.md.
set -euo pipefail

read -ra hosts <<< "${HOSTS:-127.0.0.11 127.0.0.12 127.0.0.13}"
port=${PORT:-5672}
files=$(mktemp -d)
export LEVERET_COOKIE=${LEVERET_COOKIE:-a secret that the nodes share}
here=$(cd "$(dirname "$0")" && pwd)

say() { printf '\n# %s\n' "$*"; }

serve() {
    leveret serve --detached --node "leveret@$1" --bind "$1" --port "$port" \
        --data-dir "$files/$1" --no-banner
}

ctl() {
    local host=$1
    shift
    echo "\$ leveretctl -n leveret@$host $*"
    leveretctl -q -n "leveret@$host" --node-port $((port + 20000)) "$@"
}

messages() { python3 "$here/cluster_messages.py" "$@" "$port"; }

end_all() {
    for host in "${hosts[@]}"; do
        kill -9 "$(cat "$files/$host/node.pid" 2> /dev/null)" 2> /dev/null || true
    done
    # Their engines end a moment later.
    until rm -rf "$files" 2> /dev/null; do sleep 0.1; done
}
trap end_all EXIT

say "Three nodes, each alone"
for host in "${hosts[@]}"; do serve "$host"; done
first=${hosts[0]} second=${hosts[1]} third=${hosts[2]}

say "The others join the first; what they had themselves is gone then"
for host in "$second" "$third"; do
    ctl "$host" stop_app
    ctl "$host" join_cluster "leveret@$first"
    ctl "$host" start_app
done
ctl "$third" cluster_status

say "An ordinary queue is at the first node and used through any"
messages publish "$first" orders 3
messages count "$third" orders
say "... and out of reach while that is down"
ctl "$first" stop_app
messages count "$third" orders
ctl "$first" start_app
messages consume "$third" orders 3

say "A policy mirrors every queue whose name begins with lqz"
ctl "$first" set_policy ha-all '^lqz' '{"ha-mode":"all","ha-sync-mode":"automatic"}'
messages publish "$first" lqz.work 5
ctl "$second" list_queues name policy pid slave_pids

say "The node that leads it is killed; the others go on with all of it"
kill -9 "$(cat "$files/$first/node.pid")"
messages publish "$second" lqz.work 5
messages consume "$third" lqz.work 10

say "It comes back and catches up by itself"
serve "$first"
ctl "$first" await_online_nodes 3
ctl "$first" list_queues name policy pid slave_pids
