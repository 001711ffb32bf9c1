import pika
from scenario import fresh, parameters

queue = fresh('select')
count = 500
received, confirmed = [], set()


def on_open(connection):
    connection.channel(on_open_callback=on_channel)


def on_channel(channel):
    channel.confirm_delivery(on_confirm, lambda frame: channel.queue_declare(queue, exclusive=True, callback=lambda _: on_declared(channel)))


def on_declared(channel):
    channel.basic_qos(prefetch_count=50, callback=lambda _: channel.basic_consume(queue, on_message))
    for number in range(count):
        channel.basic_publish('', queue, str(number))


def on_confirm(frame):
    assert isinstance(frame.method, pika.spec.Basic.Ack)
    if frame.method.multiple:
        confirmed.update(range(1, frame.method.delivery_tag + 1))
    else:
        confirmed.add(frame.method.delivery_tag)
    finish()


def on_message(channel, method, properties, body):
    received.append(int(body))
    channel.basic_ack(method.delivery_tag)
    finish()


def finish():
    if len(received) == count and len(confirmed) == count:
        connection.close()


failures = []
connection = pika.SelectConnection(
    parameters(), on_open_callback=on_open, on_open_error_callback=lambda c, error: (failures.append(error), c.ioloop.stop()),
    on_close_callback=lambda c, reason: (failures.append(reason), c.ioloop.stop()))
connection.ioloop.call_later(30, connection.ioloop.stop)
connection.ioloop.start()
assert received == list(range(count)), received[:20]
assert confirmed == set(range(1, count + 1))
[reason] = failures
assert isinstance(reason, pika.exceptions.ConnectionClosedByClient), reason
