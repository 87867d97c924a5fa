module.exports = { ...require('../../jest.config.base.cjs'), displayName: 'fleet-cli' };
