"""A client logs in by its certificate (SASL EXTERNAL); without one the mechanism is not there, and a name without user is refused."""
import ssl
import sys

import pika
import scenario


def options(certificate):
    """TLS options with this certificate."""
    context = ssl.create_default_context(cafile=sys.argv[3])
    if certificate is not None:
        context.load_cert_chain(certificate)
    return pika.SSLOptions(context, 'localhost')


def connect(certificate):
    """A login by certificate."""
    return scenario.connect(ssl_options=options(certificate), credentials=pika.credentials.ExternalCredentials())


connection = connect(sys.argv[4])
channel = connection.channel()
queue = scenario.fresh('external')
channel.queue_declare(queue, exclusive=True)
channel.confirm_delivery()
channel.basic_publish('', queue, b'x', pika.BasicProperties(user_id='otto'), mandatory=True)
assert scenario.get_all(channel, queue, 1) == [b'x']
connection.close()

for certificate in (None, sys.argv[5]):
    try:
        connect(certificate)
        raise AssertionError(f'{certificate} was let in')
    except (pika.exceptions.ProbableAuthenticationError, pika.exceptions.AuthenticationError):
        pass
