from datetime import datetime, timezone
from decimal import Decimal

import pika
from scenario import connect, fresh

queue = fresh('headers')
connection = connect()
channel = connection.channel()
channel.queue_declare(queue=queue)
headers = {
    'true': True, 'false': False, 'zero': 0, 'small': 17, 'negative': -5, 'int': 2 ** 31 - 1, 'long': 2 ** 62,
    'decimal': Decimal('12.34'), 'text': 'grüße, 世界', 'empty': '', 'bytes': b'\x00\xff\x01', 'none': None,
    'time': datetime(2020, 2, 29, 12, 30, 15), 'list': [1, 'two', None, [3, {'deep': True}], {}], 'table': {'a': {'b': {'c': [1]}}, 'n': None},
    'long text': 'x' * 40000,
}
properties = pika.BasicProperties(
    content_type='application/json', content_encoding='gzip', headers=headers, delivery_mode=2, priority=7, correlation_id='c-1',
    reply_to='amq.some-reply', expiration='3600000', message_id='m-1', timestamp=1582979415, type='t', user_id='guest', app_id='a', cluster_id='k')
channel.basic_publish('', queue, b'body', properties)
_, given, body = channel.basic_get(queue, auto_ack=True)
assert body == b'body'
for name in ('content_type', 'content_encoding', 'delivery_mode', 'priority', 'correlation_id', 'reply_to', 'expiration', 'message_id', 'timestamp',
             'type', 'user_id', 'app_id', 'cluster_id'):
    assert getattr(given, name) == getattr(properties, name), (name, getattr(given, name))
for name, value in headers.items():
    assert given.headers[name] == value, (name, value, given.headers[name])
assert set(given.headers) == set(headers)

# No properties at all stay no properties at all.
channel.basic_publish('', queue, b'bare', pika.BasicProperties())
_, given, _ = channel.basic_get(queue, auto_ack=True)
assert all(value is None for value in vars(given).values()), vars(given)
channel.queue_delete(queue)
connection.close()
