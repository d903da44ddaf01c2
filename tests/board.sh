# shellcheck shell=bash disable=SC2154
# board.sh - devices for the tests: Debian's adbd and sshd in a root of their
# own (build/board/root, made by set-up), in network namespaces of their own.
# Source it after lib.sh, from which it has $top and $tmp.
#
#   boards NEED...      leaves the script with a SKIP unless all that is there:
#                       root, root of the boards, netns, and programs
#   board NAME          a directory $tmp/NAME that is the board's own
#   sshd_start NAME PORT, adbd_start NAME PORT [BWRAP-OPTION...]
#   board_stop NAME     cut off: its daemon and all that runs on it are killed
#   netns us|them COMMAND...  run there; us is 198.18.0.1, them 198.18.0.2
#   cable up|down, line lossy|slow|sound
#   is NAME JQ [FILE]   the record in $tmp/out, or the file, is so
#   small               the record on stdin with small tensors: what is tested is the
#                       way there
#   within SECONDS COMMAND...  wait for it to succeed
board_root=$top/build/board/root
us=mkbench-us-$$ them=mkbench-them-$$

netns() {
	local where=$1
	shift
	[ "$where" = us ] && where=$us || where=$them
	# /sys stays this machine's, which tells of processors
	nsenter --net="/run/netns/$where" "$@"
}

# is NAME JQ [FILE]: the one record of the file is so
is() {
	ok "$1" so "$2" "${3:-$tmp/out}"
}
so() {
	jq -se "length == 1 and (.[0] | $1)" "$2" || {
		head -c 2000 "$2"
		cat "$tmp/said"
		return 1
	} 2>/dev/null
}

small() {
	jq -c '.task|=(.inputs[0].shape=[2,3,50,50]|.outputs[0].shape=[2,3,50,50]|del(.heldout))'
}

within() {
	local until=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $until ] || return 1
		sleep 0.05
	done
}

boards() {
	local why=
	[ "$(id -u)" = 0 ] || why='root, for network namespaces and the root of a board'
	[ -z "$why" ] && [ ! -e "$board_root" ] && why='build/board/root (mk/setup.sh test, as root)'
	for p; do
		command -v "$p" >/dev/null || why="${why:+$why; }the program $p (mk/setup.sh test)"
	done
	[ -z "$why" ] && ! bwrap --bind "$board_root" / --unshare-pid --proc /proc --dev /dev true 2>"$tmp/err" &&
		why="bubblewrap: $(tail -1 "$tmp/err")"
	[ -z "$why" ] && ! netns_make 2>"$tmp/err" && why="network namespaces: $(tail -1 "$tmp/err")"
	[ -n "$why" ] || return 0
	skip "$(basename "$0")" "needs $why"
	finish
}

netns_make() {
	ip netns add "$us" && ip netns add "$them" &&
		ip -n "$us" link add v type veth peer name w &&
		ip -n "$us" link set w netns "$them" &&
		ip -n "$us" addr add 198.18.0.1/24 dev v &&
		ip -n "$them" addr add 198.18.0.2/24 dev w &&
		for n in "$us" "$them"; do ip -n "$n" link set lo up || return; done &&
		cable up
}

# pull the cable, or put it back
cable() {
	ip -n "$us" link set v "$1" && ip -n "$them" link set w "$1"
}

# the packet filter, in both directions
filter() {
	netns us nft -f - <<-END
		table ip t {
			chain in { type filter hook input priority 0; $1 drop; }
			chain out { type filter hook output priority 0; $1 drop; }
		}
	END
}

# every tenth packet is lost, 25 MB/s, or as it was; by the kernel's emulator or
# shaper, where it has none by the packet filter
line() {
	case $1 in
	lossy) tc -n "$us" qdisc add dev v root netem loss 10% ||
		filter 'numgen random mod 10 0' ;;
	slow) tc -n "$us" qdisc add dev v root tbf rate 200mbit burst 256k latency 50ms ||
		filter 'limit rate over 25 mbytes/second' ;;
	sound) tc -n "$us" qdisc del dev v root
		netns us nft delete table ip t || : ;;
	esac 2>/dev/null
}

board() {
	mkdir -p "$tmp/$1"/{data,etc,run/sshd,root}
	chmod 755 "$tmp/$1/run/sshd"
}

# board_run NAME BWRAP-OPTION... -- COMMAND...: on the board, in the background
board_run() {
	local name=$1 opts=()
	shift
	while [ "$1" != -- ]; do
		opts+=("$1")
		shift
	done
	shift
	netns them env -i PATH=/usr/sbin:/usr/bin HOME=/root "ADBD_PORT=${ADBD_PORT:-}" \
		setsid sh -c 'echo $$ >"$0/pid"; exec "$@"' "$tmp/$name" bwrap --bind "$board_root" / --proc /proc --dev /dev \
		--ro-bind /sys /sys --tmpfs /tmp --bind "$tmp/$name/etc" /etc \
		--bind "$tmp/$name/run" /run --bind "$tmp/$name/root" /root \
		--bind "$tmp/$name/data" /data "${opts[@]}" \
		--unshare-pid --die-with-parent --cap-add ALL -- "$@" \
		>"$tmp/$name/log" 2>&1 </dev/null &
}

board_stop() {
	local pid
	pid=$(cat "$tmp/$1/pid") || return
	rm "$tmp/$1/pid"
	kill -9 "$pid"
	within 5 sh -c "! kill -0 $pid"
}

boards_end() {
	local p
	for p in "$tmp"/*/pid; do
		[ ! -e "$p" ] || board_stop "$(basename "$(dirname "$p")")"
	done
	ip netns del "$us" 2>/dev/null
	ip netns del "$them" 2>/dev/null
}
trap 'boards_end; rm -rf "$tmp"' EXIT

sshd_start() {
	local etc=$tmp/$1/etc
	[ -e "$tmp/key" ] || ssh-keygen -q -t ed25519 -N '' -f "$tmp/key"
	if [ ! -e "$etc/hostkey" ]; then
		ssh-keygen -q -t ed25519 -N '' -f "$etc/hostkey"
		cp "$tmp/key.pub" "$etc/authorized"
		printf 'root:*:0:0::/root:/bin/sh\nsshd:*:100:65534::/run/sshd:/bin/false\n' >"$etc/passwd"
		printf 'root:*:0:\nnogroup:*:65534:\n' >"$etc/group"
		printf '%s\n' "Port $2" 'HostKey /etc/hostkey' 'AuthorizedKeysFile /etc/authorized' \
			'StrictModes no' 'UsePAM no' 'PidFile none' 'ClientAliveInterval 2' \
			'ClientAliveCountMax 2' >"$etc/sshd_config"
	fi
	board_run "$1" -- /usr/sbin/sshd -D -e -f /etc/sshd_config
	within 10 netns us bash -c "</dev/tcp/198.18.0.2/$2"
}

adbd_start() {
	local name=$1 port=$2
	shift 2
	ADBD_PORT=$port board_run "$name" "$@" -- /usr/sbin/adbd
	within 10 netns us bash -c "</dev/tcp/198.18.0.2/$port"
}
