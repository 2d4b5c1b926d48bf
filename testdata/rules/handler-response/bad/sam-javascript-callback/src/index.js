const store = require('./store');

function done(callback, message) {
  return callback(null, { message }); // want warning "returns the key .message., which is none of a proxy response"
}

exports.handler = function (event, context, callback) {
  store.put(event.body, (err) => {
    if (err) return callback(null, { statusCode: 503, body: 'try later' });
    return done(callback, 'stored');
  });
};
