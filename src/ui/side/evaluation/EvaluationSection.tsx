import { X } from 'lucide-react';
import { CommandButton } from '../../controls/CommandButton';
import { useAppState } from '../../session-context';
import { EvaluationForm } from './EvaluationForm';
import { FaultList } from './FaultList';
import { ScoreFigures } from './ScoreFigures';
import './evaluation.css';

/** Compares two label layers: what is compared, the scores, and the worst errors, each a click away. */
export function EvaluationSection() {
  const result = useAppState((state) => state.evaluator.result);
  return (
    <section className="section evaluation" aria-label="Evaluate">
      <header className="section-head">
        <h2>Evaluate</h2>
        <CommandButton command="close-evaluation" icon={X} />
      </header>
      <EvaluationForm />
      {result && <ScoreFigures result={result} />}
      {result && <FaultList result={result} />}
    </section>
  );
}
