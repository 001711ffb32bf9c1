from scenario import connect, expect_channel_close, fresh

connection = connect()
queue, exchange = fresh('declared'), fresh('declared')


def fails(code, act, text=None):
    channel = connection.channel()
    given = expect_channel_close(channel, code, lambda: act(channel))
    assert text is None or given == text, given
    assert connection.is_open


setup = connection.channel()
setup.queue_declare(queue=queue, durable=True)
setup.queue_declare(queue=queue, durable=True)
setup.exchange_declare(exchange, 'direct', durable=True)
setup.exchange_declare(exchange, 'direct', durable=True)

absent = fresh('absent')
fails(404, lambda c: c.queue_declare(queue=absent, passive=True), f"NOT_FOUND - no queue '{absent}' in vhost '/'")
fails(404, lambda c: c.exchange_declare(absent, passive=True), f"NOT_FOUND - no exchange '{absent}' in vhost '/'")
fails(404, lambda c: c.queue_bind(absent, 'amq.direct', 'k'), f"NOT_FOUND - no queue '{absent}' in vhost '/'")
fails(404, lambda c: c.queue_bind(queue, absent, 'k'), f"NOT_FOUND - no exchange '{absent}' in vhost '/'")
fails(404, lambda c: c.basic_consume(absent, print), f"NOT_FOUND - no queue '{absent}' in vhost '/'")
fails(404, lambda c: c.queue_purge(absent), f"NOT_FOUND - no queue '{absent}' in vhost '/'")
fails(406, lambda c: c.queue_declare(queue=queue),
      f"PRECONDITION_FAILED - inequivalent arg 'durable' for queue '{queue}' in vhost '/': received 'false' but current is 'true'")
fails(406, lambda c: c.queue_declare(queue=queue, durable=True, auto_delete=True),
      f"PRECONDITION_FAILED - inequivalent arg 'auto_delete' for queue '{queue}' in vhost '/': received 'true' but current is 'false'")
fails(406, lambda c: c.exchange_declare(exchange, 'fanout', durable=True),
      f"PRECONDITION_FAILED - inequivalent arg 'type' for exchange '{exchange}' in vhost '/': received 'fanout' but current is 'direct'")
fails(406, lambda c: c.exchange_declare(exchange, 'direct'),
      f"PRECONDITION_FAILED - inequivalent arg 'durable' for exchange '{exchange}' in vhost '/': received 'false' but current is 'true'")
fails(403, lambda c: c.queue_declare(queue='amq.mine'))
fails(403, lambda c: c.exchange_declare('amq.mine', 'direct'))
fails(403, lambda c: c.exchange_delete('amq.direct'))
fails(403, lambda c: c.queue_bind(queue, '', 'k'))
fails(403, lambda c: c.exchange_declare('', 'direct'))

# Deleting what is not there is not an error; neither is unbinding.
setup.queue_delete(absent)
setup.exchange_delete(absent)
setup.queue_unbind(queue, exchange, 'never bound')

# The same declared again with a difference only in `passive` is fine.
assert setup.queue_declare(queue=queue, passive=True).method.queue == queue
setup.exchange_declare(exchange, passive=True)
setup.exchange_declare('amq.topic', passive=True)
setup.queue_delete(queue)
setup.exchange_delete(exchange)
connection.close()

# An unknown exchange type closes the channel (RabbitMQ 4) or the connection (3.x).
import pika
connection = connect()
channel = connection.channel()
try:
    channel.exchange_declare(fresh('odd'), 'no-such-type')
    raise AssertionError('accepted')
except pika.exceptions.ChannelClosedByBroker as closed:
    assert closed.reply_code == 406, closed
    assert connection.is_open
except pika.exceptions.ConnectionClosedByBroker as closed:
    assert closed.reply_code == 503, closed
