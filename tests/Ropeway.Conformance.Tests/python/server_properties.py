from scenario import connect

connection = connect()
properties = connection._impl.server_properties
for name in ('product', 'version', 'platform', 'information', 'capabilities'):
    assert name in properties, properties
assert properties['product'] == 'RabbitMQ' and int(properties['version'].split('.')[0]) >= 3, properties  # kombu and others choose by these.
capabilities = properties['capabilities']
for name in ('publisher_confirms', 'exchange_exchange_bindings', 'basic.nack', 'consumer_cancel_notify', 'consumer_priorities', 'connection.blocked', 'authentication_failure_close', 'per_consumer_qos', 'direct_reply_to'):
    assert capabilities[name] is True, (name, capabilities)
assert connection._impl.params.channel_max == 2047 and connection._impl.params.frame_max == 131072
connection.close()
