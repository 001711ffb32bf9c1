"""What the scenario scripts share. Each script is one scenario: it is run with the broker's host and port and fails by an exception."""
import sys
import uuid

import pika

DEADLINE = 30


def parameters(**options):
    """Connection parameters of the broker under test."""
    return pika.ConnectionParameters(sys.argv[1], int(sys.argv[2]), **options)


def connect(**options):
    """A blocking connection."""
    return pika.BlockingConnection(parameters(**options))


def fresh(prefix):
    """A name that nobody else uses."""
    return f'{prefix}-{uuid.uuid4().hex}'


def get_all(channel, queue, count):
    """Fetches exactly so many messages, acknowledged, and sees that nothing more is there."""
    bodies = []
    for _ in range(count):
        method, _, body = channel.basic_get(queue, auto_ack=True)
        assert method is not None, f'{queue} gave only {bodies}'
        bodies.append(body)
    method, _, body = channel.basic_get(queue, auto_ack=True)
    assert method is None, f'{queue} has more: {body!r}'
    return bodies


def expect_channel_close(channel, code, action):
    """Runs an action that must close the channel with this code."""
    try:
        action()
    except pika.exceptions.ChannelClosedByBroker as closed:
        assert closed.reply_code == code, f'expected {code}, got {closed.reply_code} {closed.reply_text}'
        assert not channel.is_open
        return closed.reply_text
    raise AssertionError(f'the channel was not closed with {code}')


def consume(channel, queue, count, **options):
    """Collects so many deliveries without acknowledging: (method, properties, body)."""
    taken = []
    for delivery in channel.consume(queue, inactivity_timeout=DEADLINE, **options):
        assert delivery[0] is not None, f'{queue} delivered only {len(taken)} of {count}'
        taken.append(delivery)
        if len(taken) == count:
            return taken
