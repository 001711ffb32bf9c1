"""Retry with back-off: what a consumer rejects comes back later, after 0.1, 0.2 and 0.4 seconds; then it is dead-lettered."""
import sys
import time

import pika

url = sys.argv[1] if len(sys.argv) > 1 else 'amqp://guest:guest@localhost:5672/'
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.queue_declare('mails-undeliverable', durable=True)
channel.queue_declare('mails', durable=True, arguments={
    'x-delayed-retry-type': 'failed',  # Rejected, or held by a consumer that went; basic.nack gives back at once.
    'x-delayed-retry-min': 100,        # milliseconds
    'x-delayed-retry-multiplier': 2,   # Each delay is twice the one before,
    'x-delayed-retry-max': 60_000,     # up to a minute,
    'x-delayed-retry-jitter': 20,      # and by up to 20 % shorter, so that many messages do not come at once.
    'x-delivery-limit': 3,
    'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'mails-undeliverable'})
persistent = pika.BasicProperties(delivery_mode=2)
channel.basic_publish('', 'mails', b'to nobody@example.org', persistent)
channel.basic_publish('', 'mails', b'to ann@example.org', persistent)  # Does not wait for the one before.

start = time.monotonic()
attempts = 0
for method, properties, body in channel.consume('mails', inactivity_timeout=10):
    if body == b'to ann@example.org':
        channel.basic_ack(method.delivery_tag)
        print('sent', body.decode())
        continue
    attempts += 1
    channel.basic_reject(method.delivery_tag, requeue=True)
    if attempts == 4:
        break
print(f'failed {attempts} times in {time.monotonic() - start:.1f} s')
channel.cancel()
for method, properties, body in channel.consume('mails-undeliverable', auto_ack=True, inactivity_timeout=10):
    print('undeliverable:', body.decode(), properties.headers['x-death'][0]['reason'])
    break
connection.close()
