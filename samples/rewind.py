"""Queue rewind: a consumer had a fault and acknowledged what it did wrongly. The queue gives it everything from there on once more."""
import base64
import json
import sys
import urllib.parse
import urllib.request

import pika

url = sys.argv[1] if len(sys.argv) > 1 else 'amqp://guest:guest@localhost:5672/'
api = sys.argv[2] if len(sys.argv) > 2 else 'http://localhost:15672'
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.queue_declare('readings', durable=True, arguments={
    'x-ack-retention': 24 * 3600 * 1000,  # Milliseconds for which acknowledged messages are kept.
    'x-sequence-header': True})           # Each delivery says its number in the queue.
for celsius in (20, 21, 22, 23):
    channel.basic_publish('', 'readings', str(celsius).encode(), pika.BasicProperties(delivery_mode=2))


def convert(factor, count):
    """Reads so many messages, converts and acknowledges them; returns the numbers that they have."""
    numbers = []
    for _ in range(count):
        method, properties, body = channel.basic_get('readings')
        print(f'{body.decode()} C = {float(body) * factor + 32:.0f} F', '(again)' if method.redelivered else '')
        numbers.append(properties.headers['x-sequence'])
        channel.basic_ack(method.delivery_tag)
    channel.basic_qos()  # Its answer says that the acknowledgements have arrived.
    return numbers


def rewind(queue, **start):
    """POST /api/queues/VHOST/NAME/rewind with from_sequence=number, or since=milliseconds or time."""
    login = base64.b64encode(b'guest:guest').decode()
    request = urllib.request.Request(
        f'{api}/api/queues/%2F/{urllib.parse.quote(queue, safe="")}/rewind', json.dumps(start).encode(),
        {'Authorization': 'Basic ' + login, 'Content-Type': 'application/json'})
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)['messages']


convert(1.8, 2)
wrong = convert(8.1, 2)  # Somebody has changed the factor.
print(rewind('readings', from_sequence=wrong[0]), 'messages come once more')
convert(1.8, 2)
connection.close()
