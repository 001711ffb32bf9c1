# Starts and stops a published Ropeway. To be sourced by bash, after rabbitmq.sh (free_port).

# ropeway_start DIR EXECUTABLE: starts a broker with its data below DIR. Sets ROPEWAY_PORT, ROPEWAY_PID and
# ROPEWAY_START_MS, the time until it said that it is ready.
ropeway_start() {
  local dir=$1 executable=$2 began deadline
  mkdir -p "$dir"
  ROPEWAY_PORT=$(free_port)
  : > "$dir/serve.log"
  began=$(date +%s%3N)
  ROPEWAY_DATA_DIR=$dir/data "$executable" serve --listen "amqp://127.0.0.1:$ROPEWAY_PORT" >> "$dir/serve.log" 2>&1 &
  ROPEWAY_PID=$!
  deadline=$((SECONDS + 120))
  until grep -q '^ropeway ready' "$dir/serve.log"; do
    if [ $SECONDS -gt $deadline ] || ! kill -0 "$ROPEWAY_PID" 2>/dev/null; then
      echo "Ropeway did not start; its output:" >&2
      tail -20 "$dir/serve.log" >&2
      return 1
    fi
    sleep 0.01
  done
  ROPEWAY_START_MS=$(($(date +%s%3N) - began))
}

# ropeway_stop: stops the broker by its process id.
ropeway_stop() {
  [ -n "${ROPEWAY_PID:-}" ] || return 0
  kill -TERM "$ROPEWAY_PID" 2>/dev/null || true
  local deadline=$((SECONDS + 30))
  while kill -0 "$ROPEWAY_PID" 2>/dev/null && [ $SECONDS -lt $deadline ]; do sleep 0.05; done
  kill -KILL "$ROPEWAY_PID" 2>/dev/null || true
  wait "$ROPEWAY_PID" 2>/dev/null || true
  ROPEWAY_PID=""
}
