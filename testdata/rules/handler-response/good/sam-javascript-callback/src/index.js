const store = require('./store');

exports.handler = function (event, context, callback) {
  store.put(event.body, (err) => {
    if (err) return callback(null, { statusCode: 503, body: 'try later' });
    callback(null, { statusCode: 200, body: JSON.stringify({ message: 'stored' }) });
  });
};
