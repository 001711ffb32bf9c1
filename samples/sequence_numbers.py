"""Sequence numbers: each delivery says the message's number in its queue, so that a consumer knows what it has already done."""
import sys

import pika

url = sys.argv[1] if len(sys.argv) > 1 else 'amqp://guest:guest@localhost:5672/'
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.queue_declare('payments', durable=True, arguments={'x-sequence-header': True})
for body in (b'rent', b'power', b'water'):
    channel.basic_publish('', 'payments', body, pika.BasicProperties(delivery_mode=2))

done = set()  # Kept where the payments are kept, in the same transaction.


def pay(channel, count):
    for method, properties, body in channel.consume('payments', inactivity_timeout=10):
        number = properties.headers['x-sequence']
        print(f'{body.decode()}:', 'done before' if number in done else 'paid')
        done.add(number)
        count -= 1
        if count == 0:
            return method.delivery_tag


pay(channel, 2)
connection.close()  # As in a crash: paid, but not acknowledged. The messages come again.

connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.basic_ack(pay(channel, 3), multiple=True)
connection.close()
