module.exports = { ...require('../../jest.config.base.cjs'), displayName: 'event-stream' };
