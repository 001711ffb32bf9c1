import time

from scenario import connect

# The client's wish wins when it is lower; 0 switches heartbeats off.
connection = connect(heartbeat=1)
assert connection._impl.params.heartbeat == 1
channel = connection.channel()
until = time.monotonic() + 3.5
while time.monotonic() < until:
    connection.process_data_events(time_limit=0.5)
assert connection.is_open
assert connection._impl._heartbeat_checker is not None
assert connection._impl._heartbeat_checker._heartbeat_frames_received >= 2
channel.queue_declare(queue='', exclusive=True)
connection.close()

connection = connect(heartbeat=0)
assert connection._impl._heartbeat_checker is None
connection.channel().queue_declare(queue='', exclusive=True)
connection.close()
