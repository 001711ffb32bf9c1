import hashlib

import pika
from scenario import connect, consume, fresh

queue = fresh('bodies')
connection = connect()
channel = connection.channel()
channel.queue_declare(queue=queue, durable=True)
channel.confirm_delivery()
frame = 131072 - 8
sizes = [0, 1, 2, 100, 4095, 4096, 4097, frame - 1, frame, frame + 1, 2 * frame, 262144, 300000, 1048575, 1048576, 1048577, 5 * 1048576]
sent = []
for size in sizes:
    body = hashlib.shake_128(str(size).encode()).digest(size)
    sent.append(hashlib.sha256(body).hexdigest())
    for mode in (1, 2):
        channel.basic_publish('', queue, body, pika.BasicProperties(delivery_mode=mode), mandatory=True)

taken = consume(channel, queue, 2 * len(sizes))
assert [len(body) for _, _, body in taken] == [size for size in sizes for _ in (1, 2)]
assert [hashlib.sha256(body).hexdigest() for _, _, body in taken] == [digest for digest in sent for _ in (1, 2)]
assert [properties.delivery_mode for _, properties, _ in taken] == [1, 2] * len(sizes)
channel.basic_nack(0, multiple=True, requeue=True)
channel.cancel()
for size in sizes:
    for _ in (1, 2):
        method, _, body = channel.basic_get(queue, auto_ack=True)
        assert len(body) == size and method.redelivered
channel.queue_delete(queue)
connection.close()

# A client that wants small frames gets small frames.
connection = connect(frame_max=4096)
channel = connection.channel()
channel.queue_declare(queue=queue, exclusive=True)
body = bytes(range(256)) * 400
channel.basic_publish('', queue, body)
assert channel.basic_get(queue, auto_ack=True)[2] == body
connection.close()
