from scenario import connect, expect_channel_close, fresh

queue = fresh('get')
connection = connect()
channel = connection.channel()
channel.queue_declare(queue=queue)
assert channel.basic_get(queue) == (None, None, None)
for body in 'abcde':
    channel.basic_publish('', queue, body)

first, _, body = channel.basic_get(queue)
assert body == b'a' and first.message_count == 4 and not first.redelivered, first
channel.basic_ack(first.delivery_tag)

second, _, body = channel.basic_get(queue)
assert body == b'b'
channel.basic_nack(second.delivery_tag, requeue=True)
again, _, body = channel.basic_get(queue)
assert body == b'b' and again.redelivered and again.message_count == 3, again
channel.basic_reject(again.delivery_tag, requeue=False)

third, _, body = channel.basic_get(queue)
assert body == b'c'
channel.basic_reject(third.delivery_tag, requeue=True)
again, _, body = channel.basic_get(queue)
assert body == b'c' and again.redelivered
fourth, _, body = channel.basic_get(queue)
assert body == b'd' and not fourth.redelivered
channel.basic_nack(fourth.delivery_tag, multiple=True, requeue=False)
fifth, _, body = channel.basic_get(queue)
assert body == b'e' and fifth.message_count == 0
channel.basic_ack(0, multiple=True)
assert channel.basic_get(queue) == (None, None, None)

# An ack of an unknown tag closes the channel, and the connection lives.
def acknowledge_unknown():
    channel.basic_ack(99)
    channel.queue_declare(queue=queue, passive=True)

text = expect_channel_close(channel, 406, acknowledge_unknown)
assert text == 'PRECONDITION_FAILED - unknown delivery tag 99', text
channel = connection.channel()
expect_channel_close(channel, 404, lambda: channel.basic_get(fresh('absent')))
connection.channel().queue_delete(queue)
connection.close()
