import './view.css';

export { mountScene } from './scene/scene';
export { mountSliceView } from './slice-view';
