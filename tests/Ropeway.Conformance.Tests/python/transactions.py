"""Transactions as a client sees them: nothing before the commit, all of it afterwards, nothing after a rollback."""
from scenario import connect, expect_channel_close, fresh, get_all

connection = connect()
channel, observer = connection.channel(), connection.channel()
first, second = fresh('tx'), fresh('tx')
for queue in (first, second):
    channel.queue_declare(queue, durable=True)

channel.tx_select()
channel.basic_publish('', first, b'one')
channel.basic_publish('', second, b'two')
assert observer.basic_get(first)[0] is None
channel.tx_commit()
assert get_all(observer, first, 1) == [b'one']
assert get_all(observer, second, 1) == [b'two']

channel.basic_publish('', first, b'dropped')
channel.tx_rollback()
channel.basic_publish('', first, b'kept')
channel.tx_commit()
method, _, body = channel.basic_get(first)
assert body == b'kept', body
channel.basic_ack(method.delivery_tag)
channel.tx_rollback()
channel.basic_nack(method.delivery_tag, requeue=True)
channel.tx_commit()
method, _, body = channel.basic_get(first)
assert body == b'kept' and method.redelivered
channel.basic_ack(method.delivery_tag)
channel.tx_commit()
assert observer.basic_get(first)[0] is None

returned = []
channel.add_on_return_callback(lambda *event: returned.append(event[3]))
channel.basic_publish('', fresh('nowhere'), b'lost', mandatory=True)
channel.tx_commit()
connection.process_data_events(0)
assert returned == [b'lost'], returned
assert 'cannot switch from tx to confirm mode' in expect_channel_close(channel, 406, channel.confirm_delivery)
plain = connection.channel()
assert 'channel is not transactional' in expect_channel_close(plain, 406, plain.tx_commit)
for queue in (first, second):
    observer.queue_delete(queue)
connection.close()
