# shellcheck shell=bash disable=SC2154
# hosts.sh - hosts of a cluster for the tests: network namespaces with an sshd, a
# home and a /tmp of their own, which do not see this tree.  Source it in a process
# that unshare -nm started, with $top, $tmp.
#
#   hosts_lack      says what is missing for hosts, or fails if nothing is
#   hosts           before the first: keys, and MKBENCH_SSH, which knows them
#   host N          makes the host h$N and starts it
#   host_start N    its sshd, which answers then
#   host_stop N     it falls: all that runs on it is killed
#   hosts_end       all fall
hosts_lack() {
	local program
	[ -n "${CLUSTER_INSIDE:-}" ] && [ "$(id -u)" = 0 ] && ip link set lo up 2>/dev/null || {
		echo 'needs root, or CAP_SYS_ADMIN, for network namespaces'
		return
	}
	for program in /usr/sbin/sshd rsync parallel; do
		command -v $program >/dev/null || {
			echo "needs $program (make setup: group test)"
			return
		}
	done
	mount --make-rprivate / && mount -t tmpfs none /run && mkdir -p /run/sshd /run/netns || {
		echo 'needs a mount namespace'
		return
	}
	return 1
}

hosts() {
	ssh-keygen -q -t ed25519 -N '' -f "$tmp/id"
	hosts_home=$(getent passwd "$(id -u)" | cut -d: -f6)
	printf '%s\n' 'StrictHostKeyChecking no' 'UserKnownHostsFile /dev/null' 'LogLevel ERROR' \
		'ServerAliveInterval 1' 'ServerAliveCountMax 3' >"$tmp/ssh"
	export MKBENCH_SSH="ssh -F $tmp/ssh"
}

host() {
	local h=$tmp/h$1
	mkdir -p "$h/tmp" "$h/home/.ssh"
	cp "$tmp/id.pub" "$h/home/.ssh/authorized_keys"
	ssh-keygen -q -t ed25519 -N '' -f "$h/home/.ssh/host"
	printf '%s\n' "HostKey $hosts_home/.ssh/host" "AuthorizedKeysFile $hosts_home/.ssh/authorized_keys" \
		'StrictModes no' 'UsePAM no' 'PermitRootLogin yes' 'ClientAliveInterval 1' \
		'ClientAliveCountMax 2' 'PidFile none' >"$h/home/.ssh/config.sshd"
	ip netns add "h$1" &&
		ip link add "v$1" type veth peer name eth0 netns "h$1" &&
		ip addr add "10.9.$1.1/24" dev "v$1" &&
		ip link set "v$1" up &&
		ip -n "h$1" link set lo up &&
		ip -n "h$1" addr add "10.9.$1.2/24" dev eth0 &&
		ip -n "h$1" link set eth0 up || return
	printf '%s\n' "Host h$1" " HostName 10.9.$1.2" " IdentityFile $tmp/id" >>"$tmp/ssh"
	tc qdisc add dev "v$1" root netem delay 2ms loss 1% 2>/dev/null || :
	host_start "$1"
}

host_start() {
	local _
	# shellcheck disable=SC2016
	ip netns exec "h$1" env -u TORTURE unshare -m bash -c '
		mount --make-rprivate / && mount --bind "$1/home" "$2" && mount --bind "$1/tmp" /tmp &&
			{ [ ! -e "$3" ] || mount -t tmpfs none "$3"; } && exec /usr/sbin/sshd -D -e -f "$2/.ssh/config.sshd"' \
		- "$tmp/h$1" "$hosts_home" "$top" 2>"$tmp/h$1/log" </dev/null &
	disown
	for _ in $(seq 50); do
		$MKBENCH_SSH "h$1" true 2>/dev/null </dev/null && return
		sleep 0.1
	done
	return 1
}

host_stop() {
	local pids
	pids=$(ip netns pids "h$1") && [ -z "$pids" ] || echo "$pids" | xargs kill -9 2>/dev/null
}

hosts_end() {
	local h
	for h in "$tmp"/h[0-9]*; do
		[ ! -e "$h" ] || host_stop "${h##*/h}"
	done
}
