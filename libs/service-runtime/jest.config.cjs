module.exports = { ...require('../../jest.config.base.cjs'), displayName: 'service-runtime' };
