export type { Admission, Admitted, RefusalReason, Refused } from './admission.ts';
export { admissionRules, admissionSettings, type AdmissionSettings } from './admission-settings.ts';
export { createAdmission, type AdmissionOptions } from './create-admission.ts';
export { refuseUpgrade } from './refuse-upgrade.ts';
export { createRobotRate, type RateVerdict, type RobotRate, type RobotRateSettings } from './robot-rate.ts';
export { tlsOptionsOf } from './tls-options.ts';
