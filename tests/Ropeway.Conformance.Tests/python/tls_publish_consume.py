"""Messages of all sizes go through TLS unchanged, confirmed and in order; a client that does not know the authority stays out."""
import os
import ssl
import sys

import pika
import scenario

context = ssl.create_default_context(cafile=sys.argv[3])
connection = scenario.connect(ssl_options=pika.SSLOptions(context, 'localhost'))
channel = connection.channel()
channel.confirm_delivery()
queue = scenario.fresh('tls')
channel.queue_declare(queue, durable=True)
bodies = [os.urandom(size) for size in (0, 1, 1000, 16 * 1024, 100_000, 3_000_000)]
for body in bodies:
    channel.basic_publish('', queue, body, pika.BasicProperties(delivery_mode=2), mandatory=True)
taken = [body for _, _, body in scenario.consume(channel, queue, len(bodies))]
assert taken == bodies, [len(body) for body in taken]
channel.queue_delete(queue)
connection.close()

try:
    scenario.connect(ssl_options=pika.SSLOptions(ssl.create_default_context(), 'localhost'))
    raise AssertionError('the certificate of an unknown authority was accepted')
except ssl.SSLCertVerificationError:
    pass
