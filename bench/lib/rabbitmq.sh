# Starts and stops a private RabbitMQ node from the Debian package rabbitmq-server. To be sourced by bash.
# Everything the node writes is below the directory it is given; it has its own name, port, cookie and epmd port, so a
# RabbitMQ that already runs on the machine is neither used nor disturbed.

RABBIT_SBIN=""
for candidate in /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin; do
  [ -x "$candidate/rabbitmq-server" ] && RABBIT_SBIN=$candidate
done

# rabbit_installed: whether the package is there.
rabbit_installed() { [ -n "$RABBIT_SBIN" ] && command -v epmd >/dev/null; }

# rabbit_version: what the package calls itself.
rabbit_version() { basename "$(dirname "$RABBIT_SBIN")" | sed 's/^rabbitmq_server-//'; }

# rss_kib PID: resident memory.
rss_kib() { awk '/^VmRSS:/ { print $2 }' "/proc/$1/status"; }

# free_port: a TCP port of the loopback interface that nobody listens on.
free_port() {
  local port
  for _ in $(seq 100); do
    port=$((20000 + RANDOM % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return 0
    fi
  done
  echo "no free port found" >&2
  return 1
}

# port_open PORT: whether somebody listens there.
port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# rabbit_start DIR: starts a node below DIR. Sets RABBIT_PORT and RABBIT_PID, and RABBIT_START_MS, the time until it listened.
rabbit_start() {
  local dir=$1 began deadline
  mkdir -p "$dir/home" "$dir/mnesia" "$dir/log"
  : > "$dir/rabbitmq.conf"
  echo "[]." > "$dir/advanced.config"
  echo "[]." > "$dir/enabled_plugins"
  RABBIT_PORT=$(free_port)
  RABBIT_EPMD_PORT=$(free_port)
  RABBIT_ENV=(
    "HOME=$dir/home" "ERL_EPMD_PORT=$RABBIT_EPMD_PORT" "ERL_EPMD_ADDRESS=127.0.0.1"
    "RABBITMQ_NODENAME=bench@localhost" "RABBITMQ_NODE_IP_ADDRESS=127.0.0.1" "RABBITMQ_NODE_PORT=$RABBIT_PORT"
    "RABBITMQ_DIST_PORT=$(free_port)" "RABBITMQ_MNESIA_BASE=$dir/mnesia" "RABBITMQ_LOG_BASE=$dir/log" "RABBITMQ_LOGS=$dir/log/rabbit.log"
    "RABBITMQ_CONFIG_FILE=$dir/rabbitmq.conf" "RABBITMQ_ADVANCED_CONFIG_FILE=$dir/advanced.config" "RABBITMQ_CONF_ENV_FILE=/dev/null"
    "RABBITMQ_ENABLED_PLUGINS_FILE=$dir/enabled_plugins" "RABBITMQ_PID_FILE=$dir/rabbit.pid" "ERL_CRASH_DUMP=$dir/log/crash.dump"
    "LANG=C.UTF-8" "PATH=$PATH"
  )
  began=$(date +%s%3N)
  env -i "${RABBIT_ENV[@]}" "$RABBIT_SBIN/rabbitmq-server" > "$dir/log/start.log" 2>&1 &
  RABBIT_SHELL_PID=$!
  deadline=$((SECONDS + 120))
  until port_open "$RABBIT_PORT"; do
    if [ $SECONDS -gt $deadline ] || ! kill -0 "$RABBIT_SHELL_PID" 2>/dev/null; then
      echo "RabbitMQ did not start; its output:" >&2
      tail -20 "$dir/log/start.log" >&2
      return 1
    fi
    sleep 0.05
  done
  RABBIT_START_MS=$(($(date +%s%3N) - began))
  # The script execs the virtual machine, or waits for it as its child.
  RABBIT_PID=$RABBIT_SHELL_PID
  local child
  for child in $(cat "/proc/$RABBIT_SHELL_PID/task/$RABBIT_SHELL_PID/children"); do
    if grep -q beam "/proc/$child/comm"; then RABBIT_PID=$child; fi
  done
}

# rabbit_stop: stops the node and its epmd, by their process ids.
rabbit_stop() {
  [ -n "${RABBIT_PID:-}" ] || return 0
  kill -TERM "$RABBIT_PID" 2>/dev/null || true
  local deadline=$((SECONDS + 30))
  while kill -0 "$RABBIT_PID" 2>/dev/null && [ $SECONDS -lt $deadline ]; do sleep 0.1; done
  kill -KILL "$RABBIT_PID" 2>/dev/null || true
  wait "$RABBIT_SHELL_PID" 2>/dev/null || true
  ERL_EPMD_PORT=$RABBIT_EPMD_PORT epmd -kill >/dev/null 2>&1 || true
  RABBIT_PID=""
}
