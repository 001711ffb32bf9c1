import time

from scenario import DEADLINE, connect, fresh

queue = fresh('recover')
connection = connect()
channel = connection.channel()
channel.queue_declare(queue=queue)
for number in range(5):
    channel.basic_publish('', queue, str(number))
received = []
channel.basic_qos(prefetch_count=3)
channel.basic_consume(queue, lambda c, m, p, b: received.append((m.delivery_tag, b.decode(), m.redelivered)))


def wait_for(count):
    until = time.monotonic() + DEADLINE
    while len(received) < count and time.monotonic() < until:
        connection.process_data_events(time_limit=1)
    assert len(received) == count, received


wait_for(3)
channel.basic_ack(received[0][0])
wait_for(4)
channel.basic_recover(requeue=True)
wait_for(7)
assert [(body, flag) for _, body, flag in received] == [
    ('0', False), ('1', False), ('2', False), ('3', False), ('1', True), ('2', True), ('3', True)], received
channel.basic_ack(received[-1][0], multiple=True)
wait_for(8)
assert received[-1][1:] == ('4', False)
channel.queue_delete(queue)
connection.close()
