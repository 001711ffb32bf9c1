"""Deduplication: a publisher that does not know whether a message arrived sends it again; the queue takes it once."""
import sys
import uuid

import pika

url = sys.argv[1] if len(sys.argv) > 1 else 'amqp://guest:guest@localhost:5672/'
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.confirm_delivery()
# Each message-id is taken once within an hour, also when the broker restarts meanwhile.
channel.queue_declare('orders-once', durable=True, arguments={'x-message-deduplication': True, 'x-cache-ttl': 3_600_000})

first, second = str(uuid.uuid4()), str(uuid.uuid4())
for message_id, body in ((first, b'order-1'), (first, b'order-1'), (second, b'order-2'), (first, b'order-1')):
    channel.basic_publish('', 'orders-once', body, pika.BasicProperties(delivery_mode=2, message_id=message_id))  # Confirmed, also when dropped.

taken = []
while (message := channel.basic_get('orders-once', auto_ack=True))[0]:
    taken.append(message[2].decode())
print('taken:', ', '.join(taken))
connection.close()
