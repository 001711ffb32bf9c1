"""Delayed delivery: a reminder is published now and enters its queue two seconds later, also when the broker restarts meanwhile."""
import sys
import time

import pika

url = sys.argv[1] if len(sys.argv) > 1 else 'amqp://guest:guest@localhost:5672/'
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.confirm_delivery()
channel.queue_declare('reminders', durable=True)

# Any exchange: x-opt-delivery-delay in milliseconds, or x-opt-delivery-time in milliseconds since 1970.
in_two_seconds = pika.BasicProperties(delivery_mode=2, headers={'x-opt-delivery-delay': 2000})
channel.basic_publish('', 'reminders', b'tea is ready', in_two_seconds)

# As with RabbitMQ's plug-in: an exchange of type x-delayed-message and the header x-delay.
channel.exchange_declare('later', 'x-delayed-message', durable=True, arguments={'x-delayed-type': 'direct'})
channel.queue_bind('reminders', 'later', 'kitchen')
in_one_second = pika.BasicProperties(delivery_mode=2, headers={'x-delay': 1000})
channel.basic_publish('later', 'kitchen', b'water boils', in_one_second)

start = time.monotonic()
for method, properties, body in channel.consume('reminders', auto_ack=True, inactivity_timeout=10):
    print(f'{time.monotonic() - start:.1f} s: {body.decode()}')
    if body == b'tea is ready':
        break
connection.close()
