import { accessSync, constants } from 'node:fs';

import { chromium, type Page } from 'playwright-core';

export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** What the page and its scripts complained of. */
  readonly complaints: readonly string[];
}

const usual = '/usr/bin/chromium';

/** Where Chromium is: `CHROMIUM`, or where Debian puts it. */
const chromiumPath = (): string => {
  const path = process.env['CHROMIUM'] ?? usual;
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch (cause) {
    throw new Error(
      `there is no browser at ${path}: apt-get install chromium, or set CHROMIUM to the path of one`,
      { cause },
    );
  }
};

export const openPage = async (address: string): Promise<OpenPage> => {
  // Without a sandbox it runs as root too, and this page comes from the test itself.
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
  const browser = await chromium.launch({ executablePath: chromiumPath(), args, timeout: 60_000 });
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(address);
  return { page, complaints, [Symbol.asyncDispose]: () => browser.close() };
};
