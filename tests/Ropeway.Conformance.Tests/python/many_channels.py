from scenario import connect, fresh, get_all

connection = connect()
channels = [connection.channel() for _ in range(100)]
queue = fresh('channels')
channels[0].queue_declare(queue=queue)
for number, channel in enumerate(channels):
    channel.confirm_delivery()
    channel.basic_publish('', queue, str(number))
assert get_all(channels[99], queue, 100) == [str(number).encode() for number in range(100)]
for channel in channels[1::2]:
    channel.close()
# Closed numbers can be opened again.
reopened = [connection.channel() for _ in range(50)]
reopened[7].confirm_delivery()
reopened[7].basic_publish('', queue, 'again')
assert get_all(channels[0], queue, 1) == [b'again']
assert channels[0].queue_delete(queue).method.message_count == 0
connection.close()
