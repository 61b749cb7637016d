import { createRoot } from 'react-dom/client';
import { installAutomation } from './automation/install';
import { createEngineClient } from './engine/client';
import { startBackend } from './state/backend-choice';
import { Session } from './state/session';
import { isShareable, parseStartPlace } from './state/share';
import { restoreLayers } from './state/shared-layers';
import { rememberSource, sampleUrl } from './state/sources';
import { storedBudgets } from './state/stored-budgets';
import { applyStoredTheme } from './state/theme';
import { App } from './ui/App';

/** Starts the engine and opens what the address names, else the sample; what fails is shown, not thrown. */
async function boot(session: Session): Promise<void> {
  const { source, atZyx, orientation, nmPerPixel, selection, layers } = parseStartPlace(
    location.search,
  );
  const starting = session
    .start(startBackend(location.search), storedBudgets())
    .catch((error) => session.report(error, 'start'));
  try {
    // At once: to read metadata no device is needed.
    await session.opener.open(source ?? sampleUrl());
    if (atZyx) session.goTo(atZyx);
    if (orientation) session.navigation.setOrientation(orientation);
    if (nmPerPixel) session.setZoom(nmPerPixel);
    if (selection.t || selection.c)
      await session.image.selectAxes(selection).catch((error) => session.report(error, 'axes'));
    await restoreLayers(session.layers, layers, (error) => session.report(error, 'layer'));
  } catch {
    // The session has shown it already.
  }
  await starting;
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

applyStoredTheme();
const session = new Session(createEngineClient());
session.store.subscribe(({ volume }, before) => {
  if (volume && volume !== before.volume && isShareable({ volume })) rememberSource(volume.url);
});
createRoot(root).render(<App session={session} />);
installAutomation(session, boot(session));
