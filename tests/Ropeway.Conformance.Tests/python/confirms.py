import pika
from scenario import connect, fresh, get_all

queue = fresh('confirms')
connection = connect()
channel = connection.channel()
channel.queue_declare(queue=queue, durable=True)
channel.confirm_delivery()
for number in range(50):
    channel.basic_publish('', queue, str(number), pika.BasicProperties(delivery_mode=2), mandatory=True)
assert channel.queue_declare(queue=queue, passive=True).method.message_count == 50
assert get_all(channel, queue, 50) == [str(number).encode() for number in range(50)]

# Unroutable without mandatory is confirmed; with mandatory it is returned, then confirmed.
channel.basic_publish('', fresh('nowhere'), 'dropped')
try:
    channel.basic_publish('', fresh('nowhere'), 'returned', mandatory=True)
    raise AssertionError('not returned')
except pika.exceptions.UnroutableError as returned:
    [message] = returned.messages
    assert message.method.reply_code == 312 and message.method.reply_text == 'NO_ROUTE', message.method
    assert message.body == b'returned'
channel.queue_delete(queue)
connection.close()
