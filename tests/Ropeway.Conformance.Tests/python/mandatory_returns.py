import time

import pika
from scenario import DEADLINE, connect, fresh

returned = []
connection = connect()
channel = connection.channel()
channel.add_on_return_callback(lambda _, method, properties, body: returned.append((method, properties, body)))
properties = pika.BasicProperties(message_id='m-1', headers={'k': 'v'})
channel.basic_publish('amq.direct', 'no such key', b'x' * 300000, properties, mandatory=True)
until = time.monotonic() + DEADLINE
while not returned and time.monotonic() < until:
    connection.process_data_events(time_limit=1)
[(method, given, body)] = returned
assert (method.reply_code, method.reply_text, method.exchange, method.routing_key) == (312, 'NO_ROUTE', 'amq.direct', 'no such key'), method
assert body == b'x' * 300000 and given.message_id == 'm-1' and given.headers == {'k': 'v'}

# Publishing to an exchange that does not exist closes the channel.
channel.basic_publish(fresh('absent'), 'k', 'x')
try:
    channel.queue_declare(queue='', exclusive=True)
    raise AssertionError('the channel is still open')
except pika.exceptions.ChannelClosedByBroker as closed:
    assert closed.reply_code == 404, closed
assert connection.is_open
connection.close()
